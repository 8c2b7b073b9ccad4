package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what one worker reports of its progress, and when it gave the last sign of life. Reports take the monitor;
 * readers read volatiles.
 */
final class ProgressLog {

    private final @Nullable Duration stallAfter;
    private volatile @Nullable Report last;
    private volatile long signNanos;
    private volatile boolean atWork;

    private record Report(
            @Nullable Long done,
            @Nullable Long total,
            @Nullable String note) {

        static final Report NONE = new Report(null, null, null);
    }

    ProgressLog(@Nullable Duration stallAfter) {
        this.stallAfter = stallAfter;
    }

    /** A run begins: what the one before has reported is forgotten. */
    void begun(long nowNanos) {
        last = stallAfter == null ? null : Report.NONE;
        working(nowNanos);
    }

    /** It is at work, or again: its silence counts from now. */
    void working(long nowNanos) {
        signNanos = nowNanos;
        atWork = true;
    }

    /** It has ended, or waits where it may: silence does not count. */
    void resting() {
        atWork = false;
    }

    synchronized void report(long nowNanos, long done, @Nullable Long total) {
        last = new Report(done, total, known().note());
        signNanos = nowNanos;
    }

    synchronized void report(long nowNanos, String note) {
        last = new Report(known().done(), known().total(), note);
        signNanos = nowNanos;
    }

    private Report known() {
        Report known = last;
        return known == null ? Report.NONE : known;
    }

    /** Returns how far it is now, or null if there is nothing to say. */
    @Nullable
    Progress at(Instant now, long nowNanos) {
        Report report = last;
        if (report == null) {
            return null;
        }
        Duration silent = Duration.ofNanos(Math.max(0, nowNanos - signNanos));
        boolean stalled = stallAfter != null && atWork && silent.compareTo(stallAfter) > 0;
        return new Progress(report.done(), report.total(), report.note(), now.minus(silent), stallAfter, stalled);
    }
}
