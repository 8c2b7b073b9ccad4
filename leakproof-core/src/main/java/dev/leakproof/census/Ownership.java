package dev.leakproof.census;

/** Whose a thread is. */
public enum Ownership {
    /** A worker's of one of our trees, or one that serves a tree. */
    OWN,
    /** The JVM's or the JDK's, and at rest or at work for it. */
    INFRASTRUCTURE,
    /** Something else's that has a name: an executor, a pool, a server. */
    FOREIGN,
    /** Nobody's that is known: perhaps a leak. */
    UNOWNED
}
