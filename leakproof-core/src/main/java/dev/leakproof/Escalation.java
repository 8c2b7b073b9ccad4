package dev.leakproof;

/** What happens when a worker has failed more often than its {@link RestartPolicy} allows. */
public enum Escalation {
    /** Nothing more: the worker stays {@link NodeState#FAILED}. */
    NONE,
    /** Its owner is told to stop, with everything it owns. */
    STOP_OWNER,
    /**
     * The application is closed: see {@link Owner.Builder#applicationCloser}. In a Spring application the context is
     * closed, with an exit code other than zero.
     */
    CLOSE_APPLICATION
}
