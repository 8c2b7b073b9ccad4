package dev.leakproof.sample.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds installed JDKs. A place is asked what it is, its name says nothing. */
final class Jdk {

    /** The JDK that runs the drill. */
    static final int CURRENT = Runtime.version().feature();

    private Jdk() {}

    /** Returns the launcher of a JDK of that feature release. */
    static Optional<String> find(int feature) {
        Stream<Path> named = System.getenv().entrySet().stream()
                .filter(variable -> variable.getKey().startsWith("JAVA_HOME"))
                .map(variable -> Path.of(variable.getValue()));
        return Stream.of(Stream.of(Path.of(System.getProperty("java.home"))), named, installed())
                .flatMap(homes -> homes)
                .filter(home -> is(home, feature))
                .map(home -> home.resolve("bin").resolve("java").toString())
                .findFirst();
    }

    private static Stream<Path> installed() {
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return Stream.of();
        }
        try (Stream<Path> homes = Files.list(all)) {
            return homes.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean is(Path home, int feature) {
        try {
            return Files.isExecutable(home.resolve("bin").resolve("java"))
                    && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + feature + ".");
        } catch (IOException e) {
            return false;
        }
    }
}
