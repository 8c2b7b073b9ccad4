package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** Where a group is opened: the incarnation of an owner, a run, or a fork. */
interface GroupHost {

    /**
     * Takes a group in, or throws why not.
     *
     * @throws IllegalStateException if this has ended, or is not the calling thread's
     * @throws java.util.concurrent.CancellationException if this is cancelled
     */
    void admit(TaskGroup<?> group);

    /** The groups that are open in it. */
    OpenGroups groups();

    boolean isStopping();

    boolean isCancelled();

    /** Returns the incarnation that it is, or is part of. */
    Incarnation incarnation();

    /** Returns the context of the body that it stands for; null for an owner. */
    @Nullable
    WorkerContext context();

    String path();

    /** Returns the nanoseconds until it is given up on, or Long.MAX_VALUE. */
    long nanosLeft();
}
