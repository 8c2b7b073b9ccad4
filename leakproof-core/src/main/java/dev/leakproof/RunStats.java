package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a worker so far, over all its incarnations.
 *
 * @param completed runs that ended without an exception
 * @param failed runs that ended by one
 * @param consecutiveFailures failed runs since the last completed one
 * @param skipped beats left out because the run before was still at work
 * @param lastStarted when the last run started, or null
 * @param lastDuration how long the last finished run took, or null
 * @param lastLateness how long after its due time the last periodic run started, or null
 * @param nextDue when the next run is due, or null for a looping, resting or stopped worker and while a run is at work
 *     from whose end on a delay counts; in the past where a run is overdue because the one before is still at work
 * @param lastFailure the last exception, kept after a success, or null
 * @param lastFailed when that was, or null
 */
public record RunStats(
        long completed,
        long failed,
        int consecutiveFailures,
        long skipped,
        @Nullable Instant lastStarted,
        @Nullable Duration lastDuration,
        @Nullable Duration lastLateness,
        @Nullable Instant nextDue,
        @Nullable Throwable lastFailure,
        @Nullable Instant lastFailed) {}
