package dev.leakproof.starter;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Builds the applications in {@code src/it}, as strangers to this build: they see its jars and poms in a local repository
 * of their own, in which all else is a link to what the repository of this build has. So nothing is downloaded twice, and
 * what an earlier build may have installed is not seen.
 *
 * <p>Uses nothing but the JDK, so that {@link StarterCost} runs by the class path of the tests alone.
 */
final class Consumers {

    private static final List<String> OURS =
            List.of("leakproof-core", "leakproof-spring-boot-autoconfigure", "leakproof-spring-boot-starter");

    private static final String VERSION = "version.";

    private final Properties how = new Properties();
    private final Path module;
    private final Path work;

    private Consumers() throws IOException {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Consumers.class.getResourceAsStream("/consumers.properties")),
                StandardCharsets.UTF_8)) {
            how.load(reader);
        }
        this.module = Path.of(how.getProperty("module"));
        this.work = module.resolve("target/consumers");
    }

    /** Builds the applications of those names; each is a jar then, in {@link #jar}. */
    static Consumers build(String... names) throws IOException, InterruptedException {
        Consumers consumers = new Consumers();
        consumers.prepare();
        consumers.make(names);
        return consumers;
    }

    /** Returns the jar of an application, which runs by {@code java -jar}. */
    Path jar(String name) {
        return work.resolve("it").resolve(name).resolve("target").resolve(name + ".jar");
    }

    private void prepare() throws IOException {
        delete(work);
        copy(module.resolve("src/it"), work.resolve("it"));
        install(Path.of(how.getProperty("repository")), work.resolve("repository"));
    }

    private void make(String... names) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                how.getProperty("maven"),
                "-B",
                "-ntp",
                "-Dstyle.color=never",
                "-Dmaven.test.skip=true",
                "-Dmaven.repo.local=" + work.resolve("repository")));
        for (String name : how.stringPropertyNames()) {
            if (name.startsWith(VERSION)) {
                command.add("-D" + name.substring(VERSION.length()) + "=" + how.getProperty(name));
            }
        }
        if (Boolean.parseBoolean(how.getProperty("offline"))) {
            command.add("-o");
        }
        command.addAll(List.of("-pl", String.join(",", names), "package"));
        Path output = work.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.resolve("it").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        boolean ended = process.waitFor(8, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        if (!ended || process.exitValue() != 0) {
            throw new IllegalStateException("The consumers could not be built:\n" + Files.readString(output));
        }
    }

    private void install(Path repository, Path own) throws IOException {
        Path group = Path.of("dev", "leakproof");
        link(repository, own, group.getName(0));
        link(repository.resolve(group.getName(0)), own.resolve(group.getName(0)), group.getFileName());
        String version = how.getProperty(VERSION + "leakproof.version");
        install(module.resolveSibling("pom.xml"), own.resolve(group), "leakproof-parent", version, "pom");
        for (String name : OURS) {
            Path built = module.resolveSibling(name);
            install(built.resolve("pom.xml"), own.resolve(group), name, version, "pom");
            install(built.resolve("target/" + name + "-" + version + ".jar"), own.resolve(group), name, version, "jar");
        }
    }

    private static void install(Path file, Path group, String name, String version, String extension)
            throws IOException {
        Path directory = Files.createDirectories(group.resolve(name).resolve(version));
        Files.copy(file, directory.resolve(name + "-" + version + "." + extension));
    }

    /** Links all that is in a directory into another, but one. */
    private static void link(Path from, Path to, Path without) throws IOException {
        Files.createDirectories(to);
        if (Files.isDirectory(from)) {
            try (Stream<Path> children = Files.list(from)) {
                for (Path child : children.toList()) {
                    if (!child.getFileName().equals(without)) {
                        Files.createSymbolicLink(to.resolve(child.getFileName()), child.toAbsolutePath());
                    }
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path target = to.resolve(from.relativize(file).toString());
                    Files.createDirectories(target.getParent());
                    if (Files.isRegularFile(file)) {
                        Files.copy(file, target);
                    }
                } catch (IOException ex) {
                    throw new UncheckedIOException(ex);
                }
            });
        }
    }

    /** Deletes links, not what they point to. */
    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
