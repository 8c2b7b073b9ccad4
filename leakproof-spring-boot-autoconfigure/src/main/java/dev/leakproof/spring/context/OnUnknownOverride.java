package dev.leakproof.spring.context;

/** What follows when a property overrides an attribute of a worker that does not exist. */
public enum OnUnknownOverride {
    /** Startup fails. */
    FAIL,
    /** A warning is logged. */
    WARN
}
