package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the runs of one worker, in numbers and not in objects: the last ones of a hundred thousand heartbeats would all
 * have to be copied by each collection of young garbage.
 *
 * <p>Readers take no lock as a rule: they look again, with it, if somebody was writing meanwhile.
 */
final class RunLog {

    private static final long NONE = Long.MIN_VALUE;

    private final StampedLock lock = new StampedLock();

    // Guarded by the lock.
    private int consecutiveFailures;
    private long completed;
    private long failed;
    private long skipped;
    private long startedSecond = NONE;
    private int startedNano;
    private long tookNanos = NONE;
    private long lateNanos = NONE;
    private @Nullable Throwable lastFailure;
    private @Nullable Instant lastFailed;

    private volatile @Nullable Instant nextDue;

    RunStats stats() {
        long stamp = lock.tryOptimisticRead();
        RunStats seen = read();
        if (lock.validate(stamp)) {
            return seen;
        }
        stamp = lock.readLock();
        try {
            return read();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private RunStats read() {
        return new RunStats(
                completed,
                failed,
                consecutiveFailures,
                skipped,
                startedSecond == NONE ? null : Instant.ofEpochSecond(startedSecond, startedNano),
                durationOf(tookNanos),
                durationOf(lateNanos),
                nextDue,
                lastFailure,
                lastFailed);
    }

    private static @Nullable Duration durationOf(long nanos) {
        return nanos == NONE ? null : Duration.ofNanos(nanos);
    }

    void nextDue(@Nullable Instant at) {
        nextDue = at;
    }

    void started(Instant at, @Nullable Duration lateness) {
        long stamp = lock.writeLock();
        try {
            startedSecond = at.getEpochSecond();
            startedNano = at.getNano();
            lateNanos = lateness == null ? NONE : lateness.toNanos();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /** @param clock asked only where it counts when it was */
    void finished(Supplier<Instant> clock, Duration took, @Nullable Throwable failure) {
        Instant now = failure == null ? null : clock.get();
        long stamp = lock.writeLock();
        try {
            tookNanos = took.toNanos();
            if (failure == null) {
                completed++;
                consecutiveFailures = 0;
            } else {
                failed++;
                consecutiveFailures++;
                lastFailure = failure;
                lastFailed = now;
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    void skipped() {
        skipped(1);
    }

    void skipped(long beats) {
        long stamp = lock.writeLock();
        try {
            skipped += beats;
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
