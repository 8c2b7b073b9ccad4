package dev.leakproof.spring.context;

/** What follows at startup if a shutdown can take longer than the pod's grace period. */
public enum OnOverrun {
    /** A warning in the log. */
    WARN,
    /** The application does not start. */
    FAIL,
    /** Nothing. */
    IGNORE
}
