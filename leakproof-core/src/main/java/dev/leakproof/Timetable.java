package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a stop does what with one node. All times are those of {@link System#nanoTime()}.
 *
 * <p>The force stage is the last sixth. Under {@link StopMode#INTERRUPT} the node is interrupted at once, and once more
 * when the force stage begins, in case something swallowed the first; under the others only then. What ignores
 * interrupts is unblocked a quarter second after, or half-way to the deadline.
 *
 * <p>Not safe for use by many threads: its owner guards it.
 */
final class Timetable {

    /** The least time between parent and child, and the least that a node gets. */
    static final long MARGIN = Duration.ofMillis(10).toNanos();

    /** The force stage is this fraction of the whole. */
    static final int FORCE_SHARE = 6;

    private static final int MARGIN_SHARE = 50;
    private static final long UNBLOCK_AFTER = Duration.ofMillis(250).toNanos();
    private static final long LONGEST_SAMPLING = Duration.ofMillis(200).toNanos();

    /** What is due at a time of its own, in the order in which ties are broken. */
    enum Due {
        FORCE,
        UNBLOCK,
        FIRST_SAMPLE,
        LAST_SAMPLE,
        VERDICT
    }

    private static final Due[] ALL = Due.values();

    private final boolean interruptFirst;
    private final long start;
    private long deadline;
    private long forceAt;
    private boolean forced;

    // In the order of what is due. In arrays, and only reckoned again when something changes: a stop makes one of these
    // for each node, as a rule in code that the JVM has yet to compile.
    private long[] times = new long[0];
    private final boolean[] done = new boolean[ALL.length];

    Timetable(StopMode mode, long start, long deadline) {
        this.interruptFirst = mode == StopMode.INTERRUPT;
        this.start = start;
        boolean nothingLeft = deadline - start < MARGIN;
        this.deadline = nothingLeft ? start + MARGIN : deadline;
        this.forceAt = nothingLeft ? start : regularForce();
        this.forced = nothingLeft;
        reckon();
    }

    /** Returns the deadline for a child of something that must be done by {@code deadline}. */
    static long childDeadline(long deadline, long now) {
        return deadline - Math.max(MARGIN, (deadline - now) / MARGIN_SHARE);
    }

    long deadline() {
        return deadline;
    }

    /** Moves the deadline to an earlier time, but leaves it a margin from now. */
    void tighten(long earlier, long now) {
        long bounded = earlier - now < MARGIN ? now + MARGIN : earlier;
        if (bounded - deadline < 0) {
            deadline = bounded;
            if (!forced) {
                forceAt = regularForce();
            }
            reckon();
        }
    }

    /** Moves the deadline to a later time, for the sake of a child that needs it. Returns whether it did. */
    boolean allow(long later) {
        if (later - deadline <= 0) {
            return false;
        }
        deadline = later;
        reckon();
        return true;
    }

    /** Begins the force stage now, unless it has begun. */
    void force(long now) {
        if (!forced) {
            forced = true;
            long sixth = (deadline - start) / FORCE_SHARE;
            deadline = now + Math.max(MARGIN, Math.min(deadline - now, sixth));
            forceAt = now;
            reckon();
        }
    }

    /** Takes what is due now, one at a time, or null. */
    @Nullable
    Due poll(long now) {
        for (int i = 0; i < times.length; i++) {
            if (!done[i] && times[i] - now <= 0) {
                done[i] = true;
                forced |= ALL[i] == Due.FORCE;
                return ALL[i];
            }
        }
        return null;
    }

    /** Returns when something is due next; the deadline if nothing is. */
    long next() {
        long next = deadline;
        for (int i = 0; i < times.length; i++) {
            if (!done[i] && times[i] - next < 0) {
                next = times[i];
            }
        }
        return next;
    }

    private void reckon() {
        long interruptAt = interruptFirst ? start : forceAt;
        long window = Math.max(0, deadline - interruptAt);
        long sampling = Math.min(LONGEST_SAMPLING, window / 4);
        times = new long[] {
            forceAt,
            interruptAt + Math.min(UNBLOCK_AFTER, window / 2),
            deadline - sampling,
            deadline - sampling / 8,
            deadline
        };
    }

    private long regularForce() {
        return deadline - (deadline - start) / FORCE_SHARE;
    }
}
