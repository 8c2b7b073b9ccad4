package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a body knows of its own stop, passed to it and never stored: one context serves one run. After the run has ended
 * it stays cancelled.
 *
 * <p>Two questions, two answers: {@link #isStopping()} means <em>take no new work</em>, {@link #isCancelled()} means
 * <em>give up now</em>. Under {@link StopMode#INTERRUPT} both come at once.
 *
 * <p>All methods may be called on any thread, but for {@link #within} and {@link #interruptibly}, which are for that of the
 * run. Only those, {@link #sleep} and {@link #await} block.
 */
public interface WorkerContext {

    /** Returns the path of the worker, such as {@code app/orderRelay/relay}. */
    String path();

    /**
     * Whether to take no new work. Once true, it stays true, unless it was the end of the time of a call {@linkplain
     * #within within a deadline}. A few volatile reads.
     */
    boolean isStopping();

    /**
     * Whether to give up now; {@link #isStopping()} is true then too. Once true, it stays true, unless it was the end of
     * the time of a call {@linkplain #within within a deadline}: that holds until the call has returned. A few volatile
     * reads.
     */
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
     * Waits until a condition holds, the time is over or the worker is told to stop, whichever is first. A stop signal
     * that is already there wins, over a condition that holds too.
     *
     * <p>The condition is asked at once, and then after pauses that grow from 1 ms to 100 ms, on the calling thread. It
     * must not block; what it throws is thrown.
     *
     * @param condition what to wait for
     * @param timeout how long at most; zero or less asks once
     * @return true if it holds; false if the time is over or the worker {@linkplain #isStopping() is to stop}
     * @throws InterruptedException if the calling thread is interrupted or the run {@linkplain #isCancelled() is
     *     cancelled}
     */
    default boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        return Polling.await(this, condition, timeout);
    }

    /**
     * Makes a call that gets that much time: when it is up, the calling thread is interrupted, {@link #isCancelled()}
     * answers true, calls made {@link #interruptibly} inside are freed, and once it has returned there is a {@link
     * TimeoutException}, whatever it returned or threw. Of nested deadlines the earlier counts.
     *
     * <p>It cannot take back the control from a call that ignores all that. The interrupt is gone when this returns; one
     * that came from elsewhere at the same time may be gone with it.
     *
     * @param <R> the type of the result
     * @param limit how long, longer than zero; it ends up to 10 ms late
     * @param call what to do, on this thread
     * @return what it returned
     * @throws TimeoutException if it has not returned in time; its cause is what the call threw, if it did
     * @throws InterruptedException if the thread is interrupted already
     * @throws CancellationException if the run {@linkplain #isCancelled() is cancelled} already
     * @throws IllegalStateException if this is not the thread of the run
     * @throws Exception what the call throws
     */
    <R extends @Nullable Object> R within(Duration limit, Callable<R> call) throws Exception;

    /**
     * Makes a call that does not end by an interrupt, such as a read from a socket or a JDBC statement, and says what ends
     * it: close the socket, cancel the statement.
     *
     * <p>{@code onCancel} runs on a stop thread, at most once, as soon as the run is cancelled or the time of a call
     * {@link #within} around it is up, together with the interrupt. It is not begun after the call has returned, and if
     * it has begun by then, this waits for it: so it never hits the next use of the same socket or statement.
     *
     * @param <R> the type of the result
     * @param call what to do, on this thread
     * @param onCancel makes the call return or throw; should return at once
     * @return what the call returned, even if cancelled meanwhile
     * @throws CancellationException if the call threw because it was cancelled, with what it threw as the cause; or if
     *     the run {@linkplain #isCancelled() was cancelled} before it
     * @throws InterruptedException if the thread is interrupted already
     * @throws IllegalStateException if this is not the thread of the run
     * @throws Exception what the call throws
     */
    <R extends @Nullable Object> R interruptibly(Callable<R> call, StopHook onCancel) throws Exception;

    /**
     * Reports how far the work has got, for {@link NodeSnapshot#progress()}; also a sign of life, see {@link
     * ManagedWorker.Builder#stallAfter}. Costs next to nothing; does nothing once the run has ended.
     *
     * @param done how much is done, zero or more
     * @param total of how much; negative if not known
     * @throws IllegalArgumentException if {@code done} is negative
     */
    void progress(long done, long total);

    /**
     * Reports what the work is at; otherwise like {@link #progress(long, long)}, the numbers of which stay as they are.
     *
     * @param note a few words
     */
    void progress(String note);

    /**
     * Returns when this run will be given up on: the end of its own time-out, of the stop under way or of a call {@link
     * #within} a deadline, whichever is earliest; empty while there is none.
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
