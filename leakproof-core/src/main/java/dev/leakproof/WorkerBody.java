package dev.leakproof;

/**
 * The work of a {@link ManagedWorker} or {@link Heartbeat}.
 *
 * <p>It runs on a thread that leakproof makes for it and may block there. It is told to stop through its {@link
 * WorkerContext}; a body that has been {@linkplain WorkerContext#isCancelled() cancelled} may end with {@link
 * InterruptedException} or {@link java.util.concurrent.CancellationException}, which then count as a clean end. Any
 * other exception is a failure.
 */
@FunctionalInterface
public interface WorkerBody {

    /**
     * Does the work: once, until told to stop, for a looping worker; one unit of it for a periodic one.
     *
     * @param ctx the context of this run; never null, cancelled for good once the run has ended
     * @throws Exception to end this run as failed
     */
    void run(WorkerContext ctx) throws Exception;
}
