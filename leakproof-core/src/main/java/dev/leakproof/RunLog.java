package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts the runs of one worker. Writers take the monitor; readers read one volatile. */
final class RunLog {

    private volatile RunStats stats = RunStats.NONE;
    private volatile @Nullable Instant nextDue;

    RunStats stats() {
        RunStats now = stats;
        return new RunStats(
                now.completed(),
                now.failed(),
                now.consecutiveFailures(),
                now.skipped(),
                now.lastStarted(),
                now.lastDuration(),
                now.lastLateness(),
                nextDue,
                now.lastFailure(),
                now.lastFailed());
    }

    void nextDue(@Nullable Instant at) {
        nextDue = at;
    }

    synchronized void started(Instant at, @Nullable Duration lateness) {
        RunStats now = stats;
        stats = new RunStats(
                now.completed(),
                now.failed(),
                now.consecutiveFailures(),
                now.skipped(),
                at,
                now.lastDuration(),
                lateness,
                null,
                now.lastFailure(),
                now.lastFailed());
    }

    /** @param clock asked only where it counts when it was */
    synchronized void finished(Supplier<Instant> clock, Duration took, @Nullable Throwable failure) {
        RunStats now = stats;
        boolean failed = failure != null;
        stats = new RunStats(
                now.completed() + (failed ? 0 : 1),
                now.failed() + (failed ? 1 : 0),
                failed ? now.consecutiveFailures() + 1 : 0,
                now.skipped(),
                now.lastStarted(),
                took,
                now.lastLateness(),
                null,
                failed ? failure : now.lastFailure(),
                failed ? clock.get() : now.lastFailed());
    }

    void skipped() {
        skipped(1);
    }

    synchronized void skipped(long beats) {
        RunStats now = stats;
        stats = new RunStats(
                now.completed(),
                now.failed(),
                now.consecutiveFailures(),
                now.skipped() + beats,
                now.lastStarted(),
                now.lastDuration(),
                now.lastLateness(),
                null,
                now.lastFailure(),
                now.lastFailed());
    }
}
