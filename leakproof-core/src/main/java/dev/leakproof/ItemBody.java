package dev.leakproof;

/**
 * What a {@link WorkerPool} does with one item.
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface ItemBody<T> {

    /**
     * Deals with one item, on the thread of one of the pool's workers; it may block.
     *
     * @param ctx the context of that worker. While the pool drains, it says that it is to stop: an item in hand is to be
     *     completed nevertheless, until {@link WorkerContext#isCancelled()}
     * @param item the item
     * @throws Exception to have the item count as failed, or, once cancelled, as cut short. A {@link StopOwnerException}
     *     or {@link DoNotRestartException} stops the pool in any case
     */
    void process(WorkerContext ctx, T item) throws Exception;
}
