package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;

/**
 * The leak check for whatever runs the tests, or for no test framework at all.
 *
 * <pre>{@code
 * Baseline before = Leaks.current();
 * ...
 * Leaks.verifyNone(LeakOption.since(before));
 * }</pre>
 *
 * <p>Safe for use by many threads, but a check sees what all of them have started.
 */
public final class Leaks {

    private Leaks() {}

    /** Returns what is alive now, to be given to {@link LeakOption#since}; costs microseconds. */
    public static Baseline current() {
        return Baseline.now();
    }

    /**
     * Fails if threads are alive that should have ended. Nothing of the kind: microseconds, or milliseconds once there
     * have been virtual threads; otherwise it takes up to the grace. Never counts the calling thread.
     *
     * @throws ThreadLeakError if there are any
     * @throws IllegalArgumentException if an option is given twice that counts once
     * @throws IllegalStateException if an allowance fails
     */
    public static void verifyNone(LeakOption... options) {
        List<ThreadLeak> leaks = find(options);
        if (!leaks.isEmpty()) {
            throw new ThreadLeakError(LeakReport.of(leaks, "the code under test"), leaks);
        }
    }

    /** Returns what {@link #verifyNone} would fail for, in the time that it would take. */
    public static List<ThreadLeak> find(LeakOption... options) {
        Settings settings = Settings.of(options);
        List<ThreadLeak> leaks = new Detector(settings, live -> true)
                .verdict().stream().map(Leaks::leak).toList();
        return settings.interrupt() ? Interrupts.test(leaks) : leaks;
    }

    private static ThreadLeak leak(LiveThread live) {
        return new ThreadLeak(live, null, List.of(), Remedy.of(live).orElse(null), null);
    }
}
