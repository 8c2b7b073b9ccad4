package dev.leakproof.spring.census;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.Suspect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one sweep of the census found, of platform threads only. Immutable.
 *
 * @param at when
 * @param counts how many threads there are of each ownership
 * @param overdue unowned threads that have lived past the threshold, the oldest first; none that wait in a pool
 * @param suspects workers that get nowhere
 */
public record Sweep(Instant at, Map<Ownership, Integer> counts, List<Unowned> overdue, List<Suspect> suspects) {

    /** Copies the collections. */
    public Sweep {
        counts = Map.copyOf(counts);
        overdue = List.copyOf(overdue);
        suspects = List.copyOf(suspects);
    }

    /** Returns how many threads are of that ownership. */
    public int count(Ownership ownership) {
        return counts.getOrDefault(ownership, 0);
    }

    /**
     * A thread that nobody owns.
     *
     * @param thread the thread with the stack that it had when last looked at
     * @param seen for how long it has been seen
     * @param creator who started it and on which line; null where that is not recorded
     */
    public record Unowned(
            LiveThread thread, Duration seen, @Nullable String creator) {

        /** Returns thread, age and what is known of its origin on one line. */
        @Override
        public String toString() {
            String runs = Frames.entry(thread.stack())
                    .map(frame -> ", runs " + frame.getClassName() + "." + frame.getMethodName())
                    .orElse("");
            return thread + " of " + thread.type() + " in the group " + thread.group() + ", seen for "
                    + seen.toSeconds() + " s" + runs + (creator == null ? "" : ", started by " + creator);
        }
    }
}
