package dev.leakproof;

import org.jspecify.annotations.Nullable;

/**
 * One part of the work of a {@link TaskGroup}.
 *
 * <p>It runs on a thread that leakproof makes for it and may block there. Once it has been {@linkplain
 * WorkerContext#isCancelled() cancelled}, {@link InterruptedException} and {@link
 * java.util.concurrent.CancellationException} count as the answer to that; every other exception, and those two where
 * nobody asked for them, is a failure.
 *
 * @param <T> the type of its result
 */
@FunctionalInterface
public interface ForkBody<T extends @Nullable Object> {

    /**
     * Does the work.
     *
     * @param ctx the context of this fork; never null, cancelled for good once the fork has ended
     * @return the result, which may be null
     * @throws Exception to end this fork as failed
     */
    T call(WorkerContext ctx) throws Exception;
}
