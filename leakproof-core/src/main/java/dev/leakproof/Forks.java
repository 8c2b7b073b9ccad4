package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The forks of one group in the order of forking, without a lock. One thread at a time adds, the owner of the group, so
 * adding is a count and a write that others see. All have ended when as many have as were added.
 *
 * <p>They are in an array and not linked: who cancels them all goes from one to the next without waiting for each to come
 * from memory, which would take longer than to interrupt it.
 *
 * @param <T> the type of the results
 */
abstract class Forks<T extends @Nullable Object> extends Endings.Apart<T> {

    /** Most groups are small, and the first time that there is no room comes so soon that the models get to it. */
    private static final int AT_FIRST = 2;

    private static final VarHandle SLOTS;
    private static final VarHandle ADDED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOTS = lookup.findVarHandle(Forks.class, "slots", Fork[].class);
            ADDED = lookup.findVarHandle(Forks.class, "added", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Those that are not forgotten, and then nothing. Written by the owner only, who puts a larger one in its place when it
     * is full, and one without those that it forgets. Others read it by {@link #seenSlots}: as a volatile field it would
     * cost each new group a fence.
     */
    private Fork<T>[] slots = newSlots(AT_FIRST);

    /** How many there were. Written by the owner only. */
    private volatile int added;

    /** How many are in the slots; the owner's. */
    private int filled;

    /** Whether one is about to wait who is not to be woken for it yet: read by others without care, for a line in the log. */
    boolean givesWay;

    /** Room between what the owner writes with each fork and what forks on other processors read, see {@link Endings}. */
    abstract static class Apart<T extends @Nullable Object> extends Forks<T> {
        @SuppressWarnings("unused")
        private long room1, room2, room3, room4, room5, room6, room7, room8;

        /** Closes a gap before the others, into which the JVM might put a field of a subclass. */
        @SuppressWarnings("unused")
        private int room;
    }

    @SuppressWarnings("unchecked") // there are no arrays of a generic type
    private static <T extends @Nullable Object> Fork<T>[] newSlots(int length) {
        return (Fork<T>[]) new Fork<?>[length];
    }

    /**
     * Adds a fork that asks itself, before its body, whether the group is cancelled. Whoever cancels writes that before
     * it looks for forks; between the writes here and that question lies the start of a thread, which is all the barrier
     * it takes for one of the two to see the other.
     */
    final void add(Fork<T> fork) {
        int number = added + 1;
        fork.number = number;
        Fork<T>[] known = slots;
        int at = filled;
        if (at < known.length) {
            ForkIterator.SLOT.setRelease(known, at, fork);
        } else {
            Fork<T>[] larger = Arrays.copyOf(known, 2 * at);
            larger[at] = fork;
            SLOTS.setRelease(this, larger);
        }
        filled = at + 1; // not before: there may be no memory for a larger array
        ADDED.setRelease(this, number);
    }

    /** Adds a fork of which the owner asks next whether the group is cancelled. */
    final void addVisibly(Fork<T> fork) {
        add(fork);
        VarHandle.fullFence();
    }

    /** Forgets those whose results were taken, once they are half of all that are kept; on the owner's thread. */
    final void forgetTaken() {
        int kept = filled;
        int taken = seen() - (added - kept);
        if (2 * taken < kept) {
            return;
        }
        Fork<T>[] before = slots;
        Fork<T>[] after = newSlots(Math.max(AT_FIRST, kept));
        int left = 0;
        for (int i = 0; i < kept; i++) {
            if (!before[i].seen) {
                after[left++] = before[i];
            }
        }
        filled = left;
        SLOTS.setRelease(this, after);
    }

    // For any thread

    /** Returns those that are not forgotten, in the order of forking. What is added meanwhile may be among them or not. */
    @Override
    final ForkIterator<T> forks() {
        return ForkIterator.forwards(seenSlots());
    }

    /** Returns those that are not forgotten, the last that was added first. */
    final ForkIterator<T> newestFirst() {
        return ForkIterator.backwards(seenSlots());
    }

    @SuppressWarnings("unchecked")
    private Fork<T>[] seenSlots() {
        return (Fork<T>[]) SLOTS.getVolatile(this);
    }

    final int added() {
        return added;
    }

    /** Whether none runs or waits for a thread. */
    final boolean isIdle() {
        // In this order: what is added meanwhile has not ended before.
        int all = added();
        return ended() >= all;
    }

    /** Returns what each has, in the order of forking, while none is forgotten; on the owner's thread. */
    @SuppressWarnings("unchecked")
    final <R extends @Nullable Object> List<R> inOrder(Function<Fork<T>, R> what) {
        Fork<T>[] known = slots;
        Object[] all = new Object[filled];
        for (int i = 0; i < all.length; i++) {
            all[i] = what.apply(known[i]);
        }
        return (List<R>) Collections.unmodifiableList(Arrays.asList(all));
    }
}
