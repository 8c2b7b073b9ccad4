package dev.leakproof;

import java.time.Instant;

/**
 * The time that schedules go by, so that tests can turn it. Stops are not subject to it: they are bounded in real time.
 *
 * <p>Implementations are safe for use by many threads and never block.
 */
public interface TimeSource {

    /** The JVM's own time. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public String toString() {
            return "TimeSource.SYSTEM";
        }
    };

    /** Returns the monotonic time in nanoseconds, of arbitrary origin, as {@link System#nanoTime()} does. */
    long nanoTime();

    /** Returns the wall-clock time. */
    Instant now();

    /**
     * Has {@code listener} called whenever this time was moved by hand. A time that flows by itself calls nobody, which
     * is the default.
     *
     * @param listener never blocks
     * @return to be closed when no longer interested
     */
    default Registration onAdvance(Runnable listener) {
        return () -> {};
    }
}
