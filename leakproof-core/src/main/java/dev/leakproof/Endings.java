package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the forks of one group at their end, without a lock: they are counted, whoever waits for that is woken,
 * and if anybody asks for it the order is kept. Only who waits takes a monitor, and only if it is not alone.
 *
 * <p>See "Task groups" in {@code docs/synchronization.md}.
 *
 * @param <T> the type of the results
 */
abstract class Endings<T extends @Nullable Object> {

    /** Set in the count once the order matters: who has counted itself since has added itself to the order before. */
    private static final int ORDERED = Integer.MIN_VALUE;

    private static final VarHandle ENDED;
    private static final VarHandle FAILED;
    private static final VarHandle WAITERS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ENDED = lookup.findVarHandle(Endings.class, "ended", int.class);
            FAILED = lookup.findVarHandle(Endings.class, "failed", Fork.class);
            WAITERS = lookup.findVarHandle(Endings.class, "waiters", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How many have ended, and {@link #ORDERED}. */
    private volatile int ended;

    /** A new one is pushed without a lock, and one that is alone goes without; others go with the monitor held. */
    private volatile @Nullable Waiter waiters;

    /** The first that failed. */
    private volatile @Nullable Fork<T> failed;

    /** There once it is asked for. */
    private volatile @Nullable EndingOrder<T> order;

    /** How many were returned in the order of ending; the owner's. */
    private int seen;

    /**
     * Room between the count, which other processors write while the owner goes on to fork, and what the owner needs for
     * that. On one cache line each fork would have it sent to and fro. The fields of a superclass are laid out before those
     * of its subclasses, and 64 bytes are a line.
     */
    abstract static class Apart<T extends @Nullable Object> extends Endings<T> {
        @SuppressWarnings("unused")
        private long room1, room2, room3, room4, room5, room6, room7, room8;

        /** Closes a gap before the others, into which the JVM might put a field of a subclass. */
        @SuppressWarnings("unused")
        private int room;
    }

    /** Returns those that are not forgotten. */
    abstract Iterator<Fork<T>> forks();

    /** Counts a fork as ended, and wakes who waited for that. */
    final void settle(Fork<T> fork) {
        boolean failure = fork.hasFailed();
        if (failure && failed == null) {
            FAILED.compareAndSet(this, null, fork);
        }
        boolean ordered = false;
        int before;
        do {
            before = ended;
            if (before < 0 && !ordered) {
                Objects.requireNonNull(order).add(fork);
                ordered = true;
            }
        } while (!ENDED.compareAndSet(this, before, before + 1));
        int rank = (before & ~ORDERED) + 1;
        fork.rank = rank;
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.told(rank, failure);
        }
    }

    final int ended() {
        return ended & ~ORDERED;
    }

    final @Nullable Fork<T> firstFailed() {
        return failed;
    }

    // The order

    /** Returns the next in the order of ending, or null if none has ended since; on the owner's thread. */
    final @Nullable Fork<T> nextEnded() {
        EndingOrder<T> known = order;
        if (known == null) {
            order = known = new EndingOrder<>();
            ENDED.getAndBitwiseOr(this, ORDERED);
            known.find(forks());
        }
        Fork<T> next = known.next();
        if (next != null) {
            seen++;
        }
        return next;
    }

    /** Returns how many {@link #nextEnded} has returned; on the owner's thread. */
    final int seen() {
        return seen;
    }

    // Waiting

    /**
     * Has {@code waiter} woken from now on. Returns false if it was before: the first time, it has to look for itself once
     * more before it parks.
     */
    final boolean enter(Waiter waiter) {
        if (waiter.isIn) {
            return false;
        }
        waiter.isIn = true;
        Waiter before;
        do {
            before = waiters;
            if (before != waiter.next) {
                waiter.next = before;
            }
        } while (!WAITERS.compareAndSet(this, before, waiter));
        return true;
    }

    /** As a rule nobody waits but the owner. Nothing is ever below one that has nothing below it, so that may be cut. */
    final void leave(Waiter waiter) {
        if (waiter.isIn && (waiter.next != null || !WAITERS.compareAndSet(this, waiter, null))) {
            leaveOthers(waiter);
        }
    }

    private synchronized void leaveOthers(Waiter waiter) {
        if (WAITERS.compareAndSet(this, waiter, waiter.next)) {
            return;
        }
        for (Waiter before = waiters; before != null; before = before.next) {
            if (before.next == waiter) {
                before.next = waiter.next;
                return;
            }
        }
    }

    final boolean isAwaited() {
        return waiters != null;
    }

    /** Has all who wait look again, but {@code but}. */
    final void wakeWaiters(@Nullable Thread but) {
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.next) {
            if (waiter.thread != but) {
                LockSupport.unpark(waiter.thread);
            }
        }
    }
}
