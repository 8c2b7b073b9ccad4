package dev.leakproof;

import java.time.Duration;

/**
 * What can be done with any node of a tree, an {@link Owner} or a {@link ManagedWorker}.
 *
 * <p>Safe for use by many threads. Only {@link #start}, {@link #await}, {@link #pause}, and the two {@code stop} methods
 * wait, each within a bound.
 */
public interface TreeNode extends AutoCloseable {

    /** Returns the last part of the path. */
    String name();

    /** Returns the names from the root down to this, joined by slashes; only the name while it has no owner. */
    String path();

    /** Returns what it is. */
    NodeKind kind();

    /** Returns the state. Never blocks. */
    NodeState state();

    /** Returns this and everything below it as it is now. Never blocks. */
    NodeSnapshot snapshot();

    /**
     * Starts this and everything attached below it, and waits until those are ready that are to be waited for; does
     * nothing where it runs already. After a stop, a new incarnation begins. Left out is what is {@linkplain #pause()
     * paused}, and, with a warning, what is still {@link NodeState#LEAKED} from its last incarnation.
     *
     * @throws IllegalStateException if its owner is not running, or it has none and is not a root
     * @throws NotReadyException if something was not ready in time; everything that this has started is stopped again
     */
    void start();

    /**
     * Signals this and everything below it to stop, and returns without waiting; its stop timeout runs from now. Does
     * nothing where there is nothing to stop.
     */
    void cancel();

    /**
     * Waits until this and everything below it has really ended; what is to be started again after a backoff has not.
     * Does not tell anything to stop.
     *
     * @param timeout how long to wait at most
     * @return true if it has ended, or was never started; false if the time was up, or something leaked
     * @throws InterruptedException if interrupted while waiting
     */
    boolean await(Duration timeout) throws InterruptedException;

    /**
     * Stops this and everything below it within its stop timeout: signals from the top down, waits from the bottom up,
     * reports what did not end, and returns.
     *
     * <p>The calling thread only waits; it cannot be interrupted, and gets its interrupt flag back. A call from inside a
     * worker waits neither for that worker nor for what owns it. Concurrent calls share one stop and its report.
     *
     * @return what became of every node; the last report if there was nothing to stop
     */
    StopReport stop();

    /**
     * Stops as {@link #stop()} does, within the given time.
     *
     * @param timeout for this and everything below it, longer than zero
     * @return what became of every node
     */
    StopReport stop(Duration timeout);

    /** Cuts a graceful stop short, or begins one without grace: everything is cancelled and interrupted now. */
    void force();

    /**
     * Stops this as {@link #stop()} does, and keeps it from being started, with its owner or by itself, until it is
     * {@linkplain #resume() resumed}.
     *
     * @return what became of every node
     */
    StopReport pause();

    /**
     * Starts this again if it was paused, as {@link #start()} does; does nothing if it was not.
     *
     * @throws IllegalStateException if its owner is not running
     */
    void resume();

    /** The same as {@link #stop()}; returns at once where there is nothing to stop. */
    @Override
    void close();
}
