package dev.leakproof;

/**
 * What a worker does when it is told to stop. A node without a mode of its own has its owner's; the root has {@link
 * #INTERRUPT}.
 */
public enum StopMode {
    /** Give up now: cancelled and interrupted with the stop signal. */
    INTERRUPT,
    /** Complete the unit in hand, take no new one; cancelled and interrupted when the force stage begins. */
    FINISH,
    /**
     * Complete all accepted work, accept none; cancelled and interrupted when the force stage begins. Without a queue
     * the same as {@link #FINISH}.
     */
    DRAIN
}
