package dev.leakproof.benchmarks;

import java.nio.file.Path;

/** What the script {@code run} says about how it is run, as system properties. */
public final class Settings {

    private Settings() {}

    /** Whether minutes are all there is: fewer rounds, no large sizes. */
    public static boolean isShort() {
        return Boolean.getBoolean("short");
    }

    /** Returns one or the other. */
    public static int rounds(int full, int inShort) {
        return isShort() ? inShort : full;
    }

    static double warmUpSeconds() {
        return isShort() ? 1 : 4;
    }

    /** Where results are put. */
    static Path results() {
        return Path.of(System.getProperty("results", "target/results"));
    }
}
