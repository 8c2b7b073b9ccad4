package dev.leakproof;

/** The kind of thread a worker runs on. A node without a kind of its own has its owner's; the root has PLATFORM. */
public enum ThreadKind {
    /** A platform thread, always a daemon. */
    PLATFORM,
    /** A virtual thread where the JVM has them (21 and later), else a platform daemon. */
    VIRTUAL
}
