package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * What a body knows of its own stop, passed to it and never stored: one context serves one run. After the run has ended
 * it stays cancelled.
 *
 * <p>Two questions, two answers: {@link #isStopping()} means <em>take no new work</em>, {@link #isCancelled()} means
 * <em>give up now</em>. Under {@link StopMode#INTERRUPT} both come at once.
 *
 * <p>All methods may be called on any thread; only {@link #sleep} blocks.
 */
public interface WorkerContext {

    /** Returns the path of the worker, such as {@code app/orderRelay/relay}. */
    String path();

    /** Whether to take no new work. Once true, it stays true. One volatile read. */
    boolean isStopping();

    /** Whether to give up now. Once true, it stays true, and {@link #isStopping()} is true too. One volatile read. */
    boolean isCancelled();

    /**
     * Returns at once unless cancelled.
     *
     * @throws CancellationException if {@link #isCancelled()}
     */
    void throwIfCancelled();

    /**
     * Sleeps until the time is over or the worker is told to stop, whichever is first. A stop signal that is already
     * there wins over any duration.
     *
     * @param duration how long; zero or less returns at once
     * @return true if the time is over, false if the worker {@linkplain #isStopping() is to stop}
     * @throws InterruptedException if the calling thread is interrupted or the run {@linkplain #isCancelled() is
     *     cancelled}
     */
    boolean sleep(Duration duration) throws InterruptedException;

    /**
     * Returns when this run will be given up on: the end of its own time-out or of the stop under way, whichever is
     * earlier; empty while there is neither.
     */
    Optional<Instant> deadline();

    /** Says that this worker is ready, for which a start may wait. Further calls do nothing. */
    void ready();

    /**
     * Starts something that belongs to this worker: it is stopped with it, and the worker is not done before it is.
     *
     * @param <M> its type
     * @param child what to start; neither null nor attached elsewhere
     * @return {@code child}
     * @throws IllegalStateException if this worker is stopping or has ended, or {@code child} has an owner already
     * @throws IllegalArgumentException if this worker has a child of that name
     */
    <M extends Managed> M start(M child);

    /**
     * Adds a hook that runs when the stop signal arrives; at once, on a stop thread, if it is there already. It goes with
     * the run.
     *
     * @param hook what to run
     * @return takes the hook back
     */
    Registration onStop(StopHook hook);

    /**
     * Adds a hook for what ignores interrupts: it runs a quarter of a second after the interrupt, or sooner where less
     * time is left, if the run has not ended by then. Close the socket or cancel the statement here. It goes with the
     * run.
     *
     * @param hook what to run
     * @return takes the hook back
     */
    Registration onUnblock(StopHook hook);
}
