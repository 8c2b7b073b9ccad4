package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A hierarchical timing wheel whose entries are the ticks themselves. Time is cut into buckets of one quantum; a tick
 * lies in the bucket at whose beginning it is due, or has just been, so it is never early and less than a quantum late.
 *
 * <p>Level k has 64 slots of 64^k buckets each and a bitmap of those in use. A tick lies at the lowest level whose 64
 * slots after the present one reach as far as its bucket, and moves down when time enters its slot: at most once for
 * each level, and never if it is due within 64 buckets. Adding and removing take constant time, finding the next one a
 * look at each level in use.
 *
 * <p>All times are compared by subtraction, as {@link System#nanoTime()} demands. Not thread-safe: the ticker's lock
 * guards it.
 */
final class TickWheel {

    /** What {@link #next()} returns when there is none. */
    static final long NEVER = Long.MAX_VALUE;

    /** Leaves room to round up to a bucket without an overflow. */
    private static final long FARTHEST = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    /** As many as 63 bits of buckets take. */
    private static final int LEVELS = 11;

    private final long origin;
    private final long quantum;

    /** The first tick of each slot's circular list. */
    private final @Nullable Tick[] first = new @Nullable Tick[LEVELS * SLOTS];
    /** No tick of the slot has a lower bucket. After a removal it may be too low; that costs one early look. */
    private final long[] earliest = new long[LEVELS * SLOTS];

    private final long[] slotsInUse = new long[LEVELS];
    private int levelsInUse;
    private int size;

    /** The last bucket that has begun. */
    private long reached;
    /** The last bucket known to be empty for good: nothing is added at or before it. Less than {@link #reached}. */
    private long done = -1;

    /**
     * Makes an empty wheel.
     *
     * @param origin the nanosecond at which bucket 0 begins
     * @param quantum the nanoseconds of a bucket, 1 to a second
     */
    TickWheel(long origin, long quantum) {
        this.origin = origin;
        this.quantum = quantum;
    }

    int size() {
        return size;
    }

    /** Returns the nanosecond at which a bucket begins. */
    long beginOf(long bucket) {
        return origin + bucket * quantum;
    }

    /** Adds a tick that is in no slot; one that is due already goes into the bucket that has begun last. */
    void add(Tick tick, long dueNanos, long now) {
        reach(now);
        tick.bucket = reached;
        long ahead = dueNanos - now;
        if (ahead > 0) {
            long fromBegin = Math.min(ahead, FARTHEST) + (now - beginOf(reached));
            long bucket = reached + fromBegin / quantum + (fromBegin % quantum > 0 ? 1 : 0);
            // Below zero it is past all that can be counted: as good as never, but still a number.
            tick.bucket = bucket < 0 ? NEVER - 1 : Math.max(bucket, reached);
        }
        link(tick);
        size++;
    }

    /** Removes a tick that is in a slot. */
    void remove(Tick tick) {
        unlink(tick, tick.slot());
        tick.unlinked();
        size--;
    }

    /**
     * Takes out ticks that are due, those of earlier buckets first, those of one bucket in no order that counts.
     *
     * @return how many; fewer than the array holds only if there are no more
     */
    int take(long now, Tick[] into) {
        reach(now);
        int taken = 0;
        while (taken < into.length) {
            int level = levelOfFirstSlot();
            long begin = level < 0 ? NEVER : beginOfFirstSlot(level);
            if (begin > reached) {
                // Moves along, so that what is added next lies as low as it can.
                done = reached - 1;
                break;
            }
            // Just before the slot, it and those that begin with it at other levels still lie ahead.
            done = begin - 1;
            if (level == 0) {
                taken = drain(firstSlot(0), into, taken);
            } else {
                cascade(firstSlot(level));
            }
        }
        return taken;
    }

    /** Returns a bucket before which nothing is due, as near as is known, or {@link #NEVER} when empty. */
    long next() {
        long next = NEVER;
        for (int levels = levelsInUse; levels != 0; levels &= levels - 1) {
            next = Math.min(next, earliest[firstSlot(Integer.numberOfTrailingZeros(levels))]);
        }
        return next;
    }

    private void reach(long now) {
        long ahead = now - beginOf(reached);
        if (ahead >= quantum) {
            reached += ahead / quantum;
        }
    }

    private int drain(int slot, Tick[] into, int taken) {
        Tick tick = first[slot];
        while (tick != null && taken < into.length) {
            unlink(tick, slot);
            tick.taken();
            size--;
            into[taken++] = tick;
            tick = first[slot];
        }
        return taken;
    }

    private void cascade(int slot) {
        for (Tick tick = first[slot]; tick != null; tick = first[slot]) {
            unlink(tick, slot);
            link(tick);
        }
    }

    /** Of several that begin together any will do: the buckets come in order all the same. */
    private int levelOfFirstSlot() {
        int best = -1;
        long begin = NEVER;
        for (int levels = levelsInUse; levels != 0; levels &= levels - 1) {
            int level = Integer.numberOfTrailingZeros(levels);
            long candidate = beginOfFirstSlot(level);
            if (candidate < begin) {
                begin = candidate;
                best = level;
            }
        }
        return best;
    }

    private long beginOfFirstSlot(int level) {
        int shift = level * BITS;
        return ((done >> shift) + slotsToFirst(level)) << shift;
    }

    private int firstSlot(int level) {
        int index = (int) ((done >> (level * BITS)) + slotsToFirst(level)) & (SLOTS - 1);
        return level * SLOTS + index;
    }

    /** How far the first slot in use lies ahead of the present one: 1 to 64, as the present one was emptied on entry. */
    private int slotsToFirst(int level) {
        int present = (int) (done >> (level * BITS)) & (SLOTS - 1);
        return Long.numberOfTrailingZeros(Long.rotateRight(slotsInUse[level], present + 1)) + 1;
    }

    private void link(Tick tick) {
        int level = 0;
        int shift = 0;
        while ((tick.bucket >> shift) - (done >> shift) > SLOTS) {
            level++;
            shift += BITS;
        }
        int index = (int) (tick.bucket >> shift) & (SLOTS - 1);
        int slot = level * SLOTS + index;
        Tick head = first[slot];
        if (head == null) {
            first[slot] = tick;
            earliest[slot] = tick.bucket;
            slotsInUse[level] |= 1L << index;
            levelsInUse |= 1 << level;
        } else {
            Tick last = head.previous;
            tick.next = head;
            tick.previous = last;
            last.next = tick;
            head.previous = tick;
            earliest[slot] = Math.min(earliest[slot], tick.bucket);
        }
        tick.linked(slot);
    }

    private void unlink(Tick tick, int slot) {
        Tick after = tick.next;
        if (after == tick) {
            first[slot] = null;
            int level = slot / SLOTS;
            slotsInUse[level] &= ~(1L << (slot % SLOTS));
            if (slotsInUse[level] == 0) {
                levelsInUse &= ~(1 << level);
            }
            return;
        }
        after.previous = tick.previous;
        tick.previous.next = after;
        if (first[slot] == tick) {
            first[slot] = after;
        }
        tick.next = tick;
        tick.previous = tick;
    }
}
