package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the runs of one worker, in numbers and not in objects: the last ones of a hundred thousand heartbeats would all
 * have to be copied by each collection of young garbage.
 *
 * <p>Writers take the monitor. Readers take none: they look again if the version tells that somebody was writing.
 */
final class RunLog {

    private static final long NONE = Long.MIN_VALUE;
    private static final int MOST_LOOKS = 1_000;
    private static final VarHandle VERSION;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(RunLog.class, "version", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Odd while somebody writes. */
    private int version;

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
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            int before = (int) VERSION.getAcquire(this);
            RunStats seen = read();
            VarHandle.acquireFence();
            if ((before & 1) == 0 && before == (int) VERSION.getOpaque(this)) {
                return seen;
            }
            Thread.onSpinWait();
        }
        // Who writes has lost its processor: waiting costs less than looking.
        synchronized (this) {
            return read();
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

    synchronized void started(Instant at, @Nullable Duration lateness) {
        int written = beginWriting();
        startedSecond = at.getEpochSecond();
        startedNano = at.getNano();
        lateNanos = lateness == null ? NONE : lateness.toNanos();
        endWriting(written);
    }

    /** @param clock asked only where it counts when it was */
    synchronized void finished(Supplier<Instant> clock, Duration took, @Nullable Throwable failure) {
        Instant now = failure == null ? null : clock.get();
        int written = beginWriting();
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
        endWriting(written);
    }

    void skipped() {
        skipped(1);
    }

    synchronized void skipped(long beats) {
        int written = beginWriting();
        skipped += beats;
        endWriting(written);
    }

    private int beginWriting() {
        int next = version + 1;
        VERSION.setOpaque(this, next);
        VarHandle.storeStoreFence();
        return next + 1;
    }

    private void endWriting(int written) {
        VERSION.setRelease(this, written);
    }
}
