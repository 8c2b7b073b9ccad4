package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The forks of one group, without a lock: in the order of forking, in the order of ending, and, where there is a limit,
 * those that still wait for a thread. Only who waits for forks to end takes a monitor.
 *
 * <p>One thread at a time adds, the owner of the group, so adding is a plain link and one volatile write. To end is one
 * compare-and-set: it puts the fork on a stack, and its rank there is the count of those that have ended. All have when
 * the rank at the top is the count of those that were added. See "Task groups" in {@code docs/synchronization.md}.
 *
 * @param <T> the type of the results
 */
abstract class Forks<T extends @Nullable Object> {

    private static final VarHandle ADDED;
    private static final VarHandle ENDED;
    private static final VarHandle FAILED;
    private static final VarHandle DEMAND;
    private static final VarHandle TAKEN;
    private static final VarHandle WAITERS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ADDED = lookup.findVarHandle(Forks.class, "added", int.class);
            ENDED = lookup.findVarHandle(Forks.class, "ended", Fork.class);
            FAILED = lookup.findVarHandle(Forks.class, "failed", Fork.class);
            DEMAND = lookup.findVarHandle(Forks.class, "demand", int.class);
            TAKEN = lookup.findVarHandle(Forks.class, "taken", Fork.class);
            WAITERS = lookup.findVarHandle(Forks.class, "waiters", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How many may run at once; zero is no limit. */
    private final int limit;

    // Written by the owner only; the links are there for whoever has read the count.
    private @Nullable Fork<T> first;
    private @Nullable Fork<T> last;
    private volatile int added;

    /** The one that ended last; below it those that ended before. */
    private volatile @Nullable Fork<T> ended;

    /** The first that failed. */
    private volatile @Nullable Fork<T> failed;

    /** How many run or wait for a thread; counted only where there is a limit. */
    private volatile int demand;

    /** The last that was taken from those that wait for a thread. */
    private volatile @Nullable Fork<T> taken;

    /** A new one is pushed without a lock, and one that is alone goes without; others go with the monitor held. */
    private volatile @Nullable Waiter waiters;

    // The owner's, to see one after the other in the order of ending.
    private @Nullable Fork<T> lastSeen;
    private int seen;
    private @Nullable Fork<T> unseen;

    Forks(int limit) {
        this.limit = limit;
    }

    // Beginning

    /**
     * Adds a fork; on the owner's thread. Whoever cancels the group writes that before it reads the count, and is asked
     * about after the count was written: so one of them sees the other. Where there is a limit the owner asks. Where there
     * is none the fork itself asks before its body, and the start of its thread is all the barrier that takes.
     */
    final void add(Fork<T> fork) {
        Fork<T> before = last;
        if (before == null) {
            first = fork;
        } else {
            before.next = fork;
        }
        last = fork;
        fork.number = before == null ? 1 : before.number + 1;
        if (limit == 0) {
            ADDED.setRelease(this, fork.number);
        } else {
            ADDED.setVolatile(this, fork.number);
        }
    }

    /** Returns the fork that may begin now that {@code fork} was added: this one, an earlier one, or none. */
    final @Nullable Fork<T> admit(Fork<T> fork) {
        if (limit == 0) {
            return fork;
        }
        return (int) DEMAND.getAndAdd(this, 1) < limit ? take() : null;
    }

    /** Returns the fork that may begin now that another has ended, or null. Every one that has run calls this, once. */
    final @Nullable Fork<T> successor() {
        return limit != 0 && (int) DEMAND.getAndAdd(this, -1) > limit ? take() : null;
    }

    /** Returns one that waits for a thread, which then never gets one; null if there is none. */
    final @Nullable Fork<T> drop() {
        Fork<T> dropped = limit == 0 || added == 0 ? null : take();
        if (dropped != null) {
            DEMAND.getAndAdd(this, -1);
        }
        return dropped;
    }

    private @Nullable Fork<T> take() {
        while (true) {
            Fork<T> before = taken;
            Fork<T> next = before == null ? first : before.next;
            if (next == null || TAKEN.compareAndSet(this, before, next)) {
                return next;
            }
        }
    }

    // Ending

    /** Counts a fork as ended, and wakes who waited for that. */
    final void settle(Fork<T> fork) {
        boolean failure = fork.hasFailed();
        if (failure && failed == null) {
            FAILED.compareAndSet(this, null, fork);
        }
        Fork<T> before;
        do {
            before = ended;
            fork.below = before;
            fork.rank = before == null ? 1 : before.rank + 1;
        } while (!ENDED.compareAndSet(this, before, fork));
        for (Waiter waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.told(fork.rank, failure);
        }
    }

    /** Returns the next in the order of ending, or null if none has ended since; on the owner's thread. */
    final @Nullable Fork<T> nextEnded() {
        if (unseen == null) {
            // Turns round what lies on the stack above the last one seen. Who pushes looks at the top only.
            Fork<T> top = ended;
            for (Fork<T> fork = top; fork != null && fork != lastSeen; ) {
                Fork<T> below = fork.below;
                fork.below = unseen;
                unseen = fork;
                fork = below;
            }
            lastSeen = top;
        }
        Fork<T> next = unseen;
        if (next != null) {
            unseen = next.below;
            seen++;
        }
        return next;
    }

    /** Returns how many {@link #nextEnded} has returned. */
    final int seen() {
        return seen;
    }

    /** Forgets those at the beginning whose results were taken; on the owner's thread. */
    final void forgetTaken() {
        while (first != null && first != last && first.isTaken()) {
            first = first.next;
        }
    }

    // Counts, for any thread

    final int limit() {
        return limit;
    }

    final int added() {
        return added;
    }

    final int ended() {
        Fork<T> top = ended;
        return top == null ? 0 : top.rank;
    }

    /** Whether none runs or waits for a thread. */
    final boolean isIdle() {
        // In this order: what is added meanwhile has not ended before.
        int all = added;
        return ended() >= all;
    }

    /** Returns how many wait for a thread. */
    final int waiting() {
        return limit == 0 ? 0 : Math.max(0, demand - limit);
    }

    final @Nullable Fork<T> firstFailed() {
        return failed;
    }

    /** Returns the first of those that were added and not {@linkplain #forgetTaken forgotten}. */
    final @Nullable Fork<T> first() {
        return added == 0 ? null : first;
    }

    // Waiting

    /** Has {@code waiter} woken. It has to look for itself once after this, before it parks. */
    final void enter(Waiter waiter) {
        Waiter before;
        do {
            before = waiters;
            waiter.next = before;
        } while (!WAITERS.compareAndSet(this, before, waiter));
    }

    /** As a rule nobody waits but the owner. Nothing is ever below one that has nothing below it, so that may be cut. */
    final void leave(Waiter waiter) {
        if (waiter.next != null || !WAITERS.compareAndSet(this, waiter, null)) {
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
