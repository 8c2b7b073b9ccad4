package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts the runs of one worker, in numbers and not in objects: the last ones of a hundred thousand heartbeats would all
 * have to be copied by each collection of young garbage.
 *
 * <p>Writers hold the monitor. Readers take no lock as a rule: they look again, with it, if somebody was writing meanwhile.
 * That is a {@link java.util.concurrent.locks.StampedLock} without its queue, which would be half of what a log takes.
 */
final class RunLog {

    private static final VarHandle VERSION;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(RunLog.class, "version", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long NONE = Long.MIN_VALUE;

    /** Odd while somebody writes. */
    private int version;

    /** Guarded by the monitor and the version. */
    private long started = EpochNanos.NONE;

    /** Made with the first number: a loop that runs for as long as the application has none. */
    private volatile @Nullable Numbers numbers;

    /** What there is to say of runs that have ended, or have a schedule. */
    private static final class Numbers {

        static final Numbers NONE_YET = new Numbers();

        // Guarded by the monitor and the version.
        int consecutiveFailures;
        long completed;
        long failed;
        long skipped;
        long tookNanos = NONE;
        long lateNanos = NONE;

        @Nullable
        Throwable lastFailure;

        @Nullable
        Instant lastFailed;

        volatile long nextDue = EpochNanos.NONE;
    }

    RunStats stats() {
        int before = (int) VERSION.getAcquire(this);
        if ((before & 1) == 0) {
            RunStats seen = read();
            VarHandle.acquireFence();
            if (before == (int) VERSION.getOpaque(this)) {
                return seen;
            }
        }
        synchronized (this) {
            return read();
        }
    }

    private RunStats read() {
        Numbers made = numbers;
        Numbers known = made == null ? Numbers.NONE_YET : made;
        return new RunStats(
                known.completed,
                known.failed,
                known.consecutiveFailures,
                known.skipped,
                EpochNanos.toInstant(started),
                durationOf(known.tookNanos),
                durationOf(known.lateNanos),
                EpochNanos.toInstant(known.nextDue),
                known.lastFailure,
                known.lastFailed);
    }

    private Numbers numbers() {
        Numbers known = numbers;
        return known == null ? makeNumbers() : known;
    }

    private synchronized Numbers makeNumbers() {
        Numbers known = numbers;
        if (known == null) {
            numbers = known = new Numbers();
        }
        return known;
    }

    private static @Nullable Duration durationOf(long nanos) {
        return nanos == NONE ? null : Duration.ofNanos(nanos);
    }

    /** @param at by {@link EpochNanos} */
    void nextDue(long at) {
        if (at != EpochNanos.NONE || numbers != null) {
            numbers().nextDue = at;
        }
    }

    /** @param at by {@link EpochNanos} */
    synchronized void started(long at, @Nullable Duration lateness) {
        beginWrite();
        try {
            started = at;
            if (lateness != null || numbers != null) {
                numbers().lateNanos = lateness == null ? NONE : lateness.toNanos();
            }
        } finally {
            endWrite();
        }
    }

    /** @param at when it was; counts only for a failure */
    synchronized void finished(@Nullable Instant at, Duration took, @Nullable Throwable failure) {
        beginWrite();
        try {
            Numbers known = numbers();
            known.tookNanos = took.toNanos();
            if (failure == null) {
                known.completed++;
                known.consecutiveFailures = 0;
            } else {
                known.failed++;
                known.consecutiveFailures++;
                known.lastFailure = failure;
                known.lastFailed = at;
            }
        } finally {
            endWrite();
        }
    }

    void skipped() {
        skipped(1);
    }

    synchronized void skipped(long beats) {
        beginWrite();
        try {
            numbers().skipped += beats;
        } finally {
            endWrite();
        }
    }

    /** No number is written before the version is odd. */
    private void beginWrite() {
        version++;
        VarHandle.storeStoreFence();
    }

    /** Every number is written before the version is even. */
    private void endWrite() {
        VERSION.setRelease(this, version + 1);
    }
}
