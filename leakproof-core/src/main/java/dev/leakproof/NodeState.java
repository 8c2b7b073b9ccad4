package dev.leakproof;

/**
 * The state of a node. One incarnation moves forward only: {@code NEW → STARTING → RUNNING → STOPPING} and then to one
 * of the three ends. {@link #BACKING_OFF} and {@link #PAUSED} lie between two incarnations.
 */
public enum NodeState {
    /** Attached or not, never started. */
    NEW,
    /** Started, its thread not yet in the body. */
    STARTING,
    /** At work, or waiting for its next run. */
    RUNNING,
    /** Told to stop, or failed with children still running. */
    STOPPING,
    /** Failed, and waiting to be started anew. */
    BACKING_OFF,
    /** Stopped on request, until resumed. */
    PAUSED,
    /** Ended as it should. */
    STOPPED,
    /** Ended by an exception or error. */
    FAILED,
    /** Did not end in time: a thread of it is, or was, still running after its deadline. */
    LEAKED;

    /** Whether this incarnation is over: nothing will change it but a late end of a leaked one. */
    public boolean isTerminal() {
        return this == STOPPED || this == FAILED || this == LEAKED;
    }

    /** Whether an incarnation is under way. */
    public boolean isLive() {
        return this == STARTING || this == RUNNING || this == STOPPING;
    }
}
