package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a worker has got, by its own word, and whether it has been silent for too long.
 *
 * @param done how much is done, or null if it has not said
 * @param total of how much, or null if it has not said or does not know
 * @param note what it is at, or null if it has not said
 * @param lastSign when it last gave a sign of life: its last report, the end of its last sleep, or the start of its run
 * @param stallAfter after how long without one it counts as stalled, or null if it never does
 * @param stalled whether a run is at work, not asleep in its context, and has given no sign for longer than that
 */
public record Progress(
        @Nullable Long done,
        @Nullable Long total,
        @Nullable String note,
        Instant lastSign,
        @Nullable Duration stallAfter,
        boolean stalled) {}
