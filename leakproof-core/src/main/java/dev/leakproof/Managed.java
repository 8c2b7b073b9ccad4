package dev.leakproof;

/**
 * Something an {@link Owner} can own: a {@link ManagedWorker}, or what is built upon one, such as a {@link Heartbeat}.
 */
public interface Managed {

    /** Returns the node that stands for this in the tree; always the same one. */
    ManagedWorker worker();
}
