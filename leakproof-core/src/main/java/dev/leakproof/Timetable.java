package dev.leakproof;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
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

    private final boolean interruptFirst;
    private final long start;
    private final Set<Due> pending = EnumSet.allOf(Due.class);
    private long deadline;
    private long forceAt;
    private boolean forced;

    Timetable(StopMode mode, long start, long deadline) {
        this.interruptFirst = mode == StopMode.INTERRUPT;
        this.start = start;
        boolean nothingLeft = deadline - start < MARGIN;
        this.deadline = nothingLeft ? start + MARGIN : deadline;
        this.forceAt = nothingLeft ? start : regularForce();
        this.forced = nothingLeft;
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
        }
    }

    /** Moves the deadline to a later time, for the sake of a child that needs it. */
    void allow(long later) {
        deadline = Math.max(later - deadline, 0) + deadline;
    }

    /** Begins the force stage now, unless it has begun. */
    void force(long now) {
        if (!forced) {
            forced = true;
            long sixth = (deadline - start) / FORCE_SHARE;
            deadline = now + Math.max(MARGIN, Math.min(deadline - now, sixth));
            forceAt = now;
        }
    }

    /** Takes what is due now, one at a time, or null. */
    @Nullable
    Due poll(long now) {
        for (Due due : pending) {
            if (at(due) - now <= 0) {
                pending.remove(due);
                forced |= due == Due.FORCE;
                return due;
            }
        }
        return null;
    }

    /** Returns when something is due next; the deadline if nothing is. */
    long next() {
        long next = deadline;
        for (Due due : pending) {
            next = Math.min(at(due) - next, 0) + next;
        }
        return next;
    }

    private long at(Due due) {
        long interruptAt = interruptFirst ? start : forceAt;
        long window = Math.max(0, deadline - interruptAt);
        long sampling = Math.min(LONGEST_SAMPLING, window / 4);
        return switch (due) {
            case FORCE -> forceAt;
            case UNBLOCK -> interruptAt + Math.min(UNBLOCK_AFTER, window / 2);
            case FIRST_SAMPLE -> deadline - sampling;
            case LAST_SAMPLE -> deadline - sampling / 8;
            case VERDICT -> deadline;
        };
    }

    private long regularForce() {
        return deadline - (deadline - start) / FORCE_SHARE;
    }
}
