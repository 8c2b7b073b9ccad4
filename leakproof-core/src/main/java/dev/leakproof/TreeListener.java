package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Told of what happens in a tree. Every method does nothing by default.
 *
 * <p>A listener is called after the fact, with no lock held, one event at a time, on the tree's event thread; once that
 * has ended, on the thread that has the news. It can neither break nor delay a transition: what it throws is logged, and
 * where it falls more than 10,000 events behind, further ones are dropped and counted in the log. A snapshot that it is
 * given has neither children nor details.
 *
 * <p>What happens is told only where the class of some listener overrides the method for it, or no method at all, as that of
 * a mock may: otherwise it costs nothing. There may be thousands of runs a second, and as many nodes may end at once.
 */
public interface TreeListener {

    /** Does nothing. */
    TreeListener NO_OP = new TreeListener() {};

    /** A node was started. */
    default void started(NodeSnapshot node) {}

    /**
     * A run of a worker has ended. Not told of one that found the stop signal there and so never called its body.
     *
     * @param node the worker
     * @param took how long it ran
     * @param failure why it failed, or null
     */
    default void ran(NodeSnapshot node, Duration took, @Nullable Throwable failure) {}

    /** A beat was left out because the one before was still at work. */
    default void skipped(NodeSnapshot node) {}

    /** A node ended as it should. */
    default void stopped(NodeSnapshot node) {}

    /** A node ended by an exception or error, which the snapshot holds. */
    default void failed(NodeSnapshot node) {}

    /**
     * A worker has ended, which the snapshot says why, and is to be started again.
     *
     * @param node the worker
     * @param backoff after how long
     */
    default void backingOff(NodeSnapshot node, Duration backoff) {}

    /**
     * A worker has failed for good, which the snapshot says why, and more than itself is to stop.
     *
     * @param node the worker
     * @param escalation what follows
     */
    default void escalated(NodeSnapshot node, Escalation escalation) {}

    /** A node did not end in time. */
    default void leaked(NodeSnapshot node, StopReport.Entry entry) {}

    /**
     * A leaked node has ended after all.
     *
     * @param node the node
     * @param late how long after its verdict
     */
    default void endedLate(NodeSnapshot node, Duration late) {}

    /** A node was taken out of the tree for good. */
    default void detached(NodeSnapshot node) {}

    /** A stop is over. */
    default void reported(StopReport report) {}
}
