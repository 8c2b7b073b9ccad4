package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread that should have ended.
 *
 * @param thread the thread as it was found: kind, state, stack, owner
 * @param creator who started it and on which line, or null if that was not recorded
 * @param during the tests during which it was made, usually one; empty if none is known
 * @param remedy how it could be ended, or null if that is not known
 * @param survivedInterrupt whether it went on when interrupted, or null if that was not tried
 */
public record ThreadLeak(
        LiveThread thread,
        @Nullable String creator,
        List<String> during,
        @Nullable String remedy,
        @Nullable Boolean survivedInterrupt) {

    /** Copies the list. */
    public ThreadLeak {
        during = List.copyOf(during);
    }

    ThreadLeak survived(@Nullable Boolean interrupt) {
        return new ThreadLeak(thread, creator, during, remedy, interrupt);
    }
}
