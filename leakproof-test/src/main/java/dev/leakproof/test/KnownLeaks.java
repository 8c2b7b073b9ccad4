package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Leaks that an old code base has and lives with for now, one on each line of a file: new ones fail, these do not.
 *
 * <p>A line is kind, name with its numbers left out, and the method that the thread began with, without a line number,
 * so that it stays true while the code around it moves. What follows a hash after a blank is a remark.
 */
final class KnownLeaks {

    private final Path file;
    private final Set<String> known;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    private KnownLeaks(Path file, Set<String> known) {
        this.file = file;
        this.known = known;
    }

    /**
     * @param required whether the file must be there
     * @throws IllegalArgumentException if it must but is not, or cannot be read
     */
    static KnownLeaks in(Path file, boolean required) {
        Set<String> known = ConcurrentHashMap.newKeySet();
        try {
            if (required || Files.exists(file)) {
                Files.readAllLines(file).stream()
                        .map(line -> line.replaceAll("(^|\\s+)# .*", "").strip())
                        .filter(line -> !line.isEmpty())
                        .forEach(known::add);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The known leaks in " + file.toAbsolutePath() + " cannot be read: make that file with '"
                            + Config.PREFIX + "baseline.update=true'",
                    e);
        }
        return new KnownLeaks(file, known);
    }

    boolean isKnown(LiveThread live) {
        String signature = signature(live);
        return known.contains(signature) && (seen.contains(signature) || seen.add(signature));
    }

    /** Adds to the file what is not in it. */
    synchronized void add(Collection<ThreadLeak> leaks) {
        Set<String> added = new TreeSet<>();
        leaks.forEach(leak -> added.add(signature(leak.thread())));
        added.removeIf(signature -> !known.add(signature));
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.write(file, added, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("The known leaks could not be written to " + file.toAbsolutePath(), e);
        }
        seen.addAll(added);
    }

    /** Returns those that were not met, sorted: healed, if the whole suite ran. */
    List<String> unseen() {
        return known.stream().filter(line -> !seen.contains(line)).sorted().toList();
    }

    static String signature(LiveThread live) {
        String entry = Frames.entry(live.stack())
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .orElse(live.type());
        return (live.virtual() ? "virtual '" : "platform '") + withoutNumbers(live.name()) + "' "
                + withoutNumbers(entry);
    }

    private static String withoutNumbers(String text) {
        return text.replaceAll("\\d+", "#");
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
