package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Has no more forks of a group run at once than its limit, where it has one: the others wait here for a thread, the first
 * for the first.
 *
 * @param <T> the type of the results
 */
abstract class Admission<T extends @Nullable Object> extends Forks.Apart<T> {

    private static final VarHandle DEMAND;

    static {
        try {
            DEMAND = MethodHandles.lookup().findVarHandle(Admission.class, "demand", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How many may run at once; zero is no limit. */
    private final int limit;

    /** How many run or wait; counted only where there is a limit. */
    private volatile int demand;

    /** Null where there is no limit. */
    private final @Nullable Queue<Fork<T>> waiting;

    Admission(int limit) {
        this.limit = limit;
        this.waiting = limit == 0 ? null : new ConcurrentLinkedQueue<>();
    }

    /** Adds a fork where there is a limit. Returns the one that may begin now: it, an earlier one, or none. */
    final @Nullable Fork<T> admit(Fork<T> fork) {
        addVisibly(fork);
        Objects.requireNonNull(waiting).add(fork);
        return (int) DEMAND.getAndAdd(this, 1) < limit ? take() : null;
    }

    /** Returns the fork that may begin now that another has ended, or null. Every one that has run calls this, once. */
    final @Nullable Fork<T> successor() {
        return limit != 0 && (int) DEMAND.getAndAdd(this, -1) > limit ? take() : null;
    }

    /** Returns one that waits, which then never gets a thread; null if there is none. */
    final @Nullable Fork<T> drop() {
        Fork<T> dropped = take();
        if (dropped != null) {
            DEMAND.getAndAdd(this, -1);
        }
        return dropped;
    }

    private @Nullable Fork<T> take() {
        return waiting == null ? null : waiting.poll();
    }

    final int limit() {
        return limit;
    }

    /** Returns how many wait. */
    final int waiting() {
        return limit == 0 ? 0 : Math.max(0, demand - limit);
    }
}
