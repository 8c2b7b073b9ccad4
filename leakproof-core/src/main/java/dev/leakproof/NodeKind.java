package dev.leakproof;

import java.util.Locale;

/** What a node of the tree is. */
public enum NodeKind {
    /** Holds other nodes, has no thread. */
    OWNER,
    /** Runs a body, in a loop or periodically. */
    WORKER,
    /** Beats periodically. */
    HEARTBEAT,
    /** Evicts the expired entries of a cache. */
    CACHE,
    /** Works off a bounded queue. */
    POOL,
    /** Holds the forks of one piece of structured work. */
    GROUP;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Returns the name as it is shown to people, such as {@code worker}. */
    public String label() {
        return label;
    }
}
