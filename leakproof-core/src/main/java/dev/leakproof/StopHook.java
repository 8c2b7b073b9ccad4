package dev.leakproof;

/**
 * A few lines that a stop runs for a node, on a stop thread of the tree, never on the stopping thread.
 *
 * <p>A hook should return at once. One that throws is reported and does not stop the next; one that takes more than 100
 * ms is named in the {@link StopReport} and left behind.
 */
@FunctionalInterface
public interface StopHook {

    /**
     * Runs the hook.
     *
     * @throws Exception which is recorded in the stop report
     */
    void run() throws Exception;
}
