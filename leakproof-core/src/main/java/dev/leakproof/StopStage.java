package dev.leakproof;

/** How far a stop had to go with one node, in this order. */
public enum StopStage {
    /** It was told to take no new work, and its {@code onStop} hooks ran. */
    SIGNAL,
    /** It was cancelled and interrupted. */
    INTERRUPT,
    /** Its {@code onUnblock} hooks ran. */
    UNBLOCK,
    /** Its time was up. */
    VERDICT
}
