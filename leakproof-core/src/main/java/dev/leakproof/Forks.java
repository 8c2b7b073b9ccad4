package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The forks of one group in the order of forking, without a lock. One thread at a time adds, the owner of the group, so
 * adding is a plain link back and one write that others see. All have ended when as many have as the last has as its
 * number.
 *
 * @param <T> the type of the results
 */
abstract class Forks<T extends @Nullable Object> extends Endings.Apart<T> {

    private static final VarHandle LAST;

    static {
        try {
            LAST = MethodHandles.lookup().findVarHandle(Forks.class, "last", Fork.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Written by the owner only. */
    private volatile @Nullable Fork<T> last;

    // The owner's: how many there were, and how many of those are no longer in the list.
    private int forked;
    private int forgotten;

    /** Room between what the owner writes with each fork and what forks on other processors read, see {@link Endings}. */
    abstract static class Apart<T extends @Nullable Object> extends Forks<T> {
        @SuppressWarnings("unused")
        private long room1, room2, room3, room4, room5, room6, room7, room8;

        /** Closes a gap before the others, into which the JVM might put a field of a subclass. */
        @SuppressWarnings("unused")
        private int room;
    }

    /**
     * Adds a fork that asks itself, before its body, whether the group is cancelled. Whoever cancels writes that before
     * it reads {@link #last}; between the write here and that question lies the start of a thread, which is all the
     * barrier it takes for one of the two to see the other.
     */
    final void add(Fork<T> fork) {
        link(fork);
        LAST.setRelease(this, fork);
    }

    /** Adds a fork of which the owner asks next whether the group is cancelled. */
    final void addVisibly(Fork<T> fork) {
        link(fork);
        last = fork;
    }

    private void link(Fork<T> fork) {
        fork.previous = last;
        fork.number = ++forked;
    }

    /** Forgets those whose results were taken, once they are half of all that are kept; on the owner's thread. */
    final void forgetTaken() {
        Fork<T> kept = last;
        if (kept == null || 2 * (seen() - forgotten) < forked - forgotten) {
            return;
        }
        for (Fork<T> fork = kept.previous; fork != null; fork = fork.previous) {
            if (!fork.seen) {
                kept.previous = fork;
                kept = fork;
            }
        }
        kept.previous = null;
        forgotten = seen();
    }

    // For any thread

    @Override
    final @Nullable Fork<T> last() {
        return last;
    }

    final int added() {
        Fork<T> newest = last;
        return newest == null ? 0 : newest.number;
    }

    /** Whether none runs or waits for a thread. */
    final boolean isIdle() {
        // In this order: what is added meanwhile has not ended before.
        int all = added();
        return ended() >= all;
    }

    /** Returns those that are not forgotten, in the order of forking. */
    final Deque<Fork<T>> kept() {
        Deque<Fork<T>> kept = new ArrayDeque<>();
        for (Fork<T> fork = last; fork != null; fork = fork.previous) {
            kept.addFirst(fork);
        }
        return kept;
    }

    /** Returns what each has, in the order of forking, while none is forgotten. */
    @SuppressWarnings("unchecked")
    final <R extends @Nullable Object> List<R> inOrder(Function<Fork<T>, R> what) {
        Object[] all = new Object[added()];
        int i = all.length;
        for (Fork<T> fork = last; fork != null; fork = fork.previous) {
            all[--i] = what.apply(fork);
        }
        return (List<R>) Collections.unmodifiableList(Arrays.asList(all));
    }
}
