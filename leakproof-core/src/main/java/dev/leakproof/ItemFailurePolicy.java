package dev.leakproof;

/** What a {@link WorkerPool} does when an item has failed and the handler, if there is one, has been told. */
public enum ItemFailurePolicy {
    /** Goes on with the next. */
    SKIP,
    /** Fails: takes no item any more, and is {@link NodeState#FAILED} once those in hand have ended. */
    STOP
}
