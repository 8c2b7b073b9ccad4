package dev.leakproof;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation of a pool: what was accepted in it, what is in hand, and what was left. A worker that leaked in an
 * earlier one is still in that, and cannot get in the way of this.
 */
final class Shift<T> {

    private static final Logger log = LoggerFactory.getLogger(WorkerPool.class);

    /** What the builder of the pool has settled. */
    record Work<T>(
            ItemBody<? super T> body,
            @Nullable Duration itemTimeout,
            ItemFailurePolicy onFailure,
            @Nullable BiConsumer<? super T, ? super Throwable> failureHandler) {}

    /** An accepted item; two of the same value are two. */
    private static final class Item<T> {

        final T value;
        final ContextCapture.Captured context;
        final long since = System.nanoTime();

        Item(T value, ContextCapture.Captured context) {
            this.value = value;
            this.context = context;
        }
    }

    private final ManagedWorker pool;
    private final Incarnation incarnation;
    private final Work<T> work;
    private final PoolMeter meter;
    private final WorkQueue<Item<T>> queue;
    private final Set<Item<T>> begun = ConcurrentHashMap.newKeySet();
    private final AtomicInteger workersIn = new AtomicInteger();
    private final AtomicBoolean failed = new AtomicBoolean();

    /** Whether each of its workers was stopped for itself, has failed for good, or was left out of the start. */
    private volatile boolean deserted;

    private final AtomicBoolean reported = new AtomicBoolean();

    Shift(ManagedWorker pool, Incarnation incarnation, Work<T> work, PoolMeter meter, int capacity) {
        this.pool = pool;
        this.incarnation = incarnation;
        this.work = work;
        this.meter = meter;
        this.queue = new WorkQueue<>(capacity);
    }

    // In front of the queue, on any thread

    /** Accepts an item; waits for room so many nanoseconds at most. */
    WorkQueue.Put put(T value, long patienceNanos) throws InterruptedException {
        if (isDeserted()) {
            return WorkQueue.Put.CLOSED;
        }
        Item<T> item = new Item<>(value, pool.effectiveContext().capture());
        WorkQueue.Put put = queue.offer(item);
        if (put != WorkQueue.Put.FULL || patienceNanos <= 0) {
            return put;
        }
        meter.blocked.incrementAndGet();
        try {
            return queue.put(item, patienceNanos, this::isDeserted);
        } finally {
            meter.blocked.decrementAndGet();
        }
    }

    /** The pool, or one of its workers, was told to stop or has ended. */
    void changed() {
        if (incarnation.isStopping()) {
            queue.close();
        } else {
            lookForWorkers();
            queue.wake();
        }
        if (incarnation.isSettled()) {
            report();
        }
    }

    /** As long as one of its workers is in and not all are to go, what was seen last is good enough. */
    private boolean isDeserted() {
        if (deserted || workersIn.get() == 0) {
            lookForWorkers();
        }
        return deserted;
    }

    private void lookForWorkers() {
        // One after the other, so that what was seen last is what counts.
        synchronized (workersIn) {
            deserted = pool.childrenInOrder().stream().noneMatch(Node::isServing);
        }
    }

    boolean isClosed() {
        return queue.isClosed();
    }

    int depth() {
        return queue.size();
    }

    /** Whether there is work that is to be completed though the pool was told to stop. */
    boolean isPending() {
        return drains() && queue.size() > 0;
    }

    /** Returns what has not been begun, in the order in which it was accepted. */
    List<T> waiting() {
        return queue.elements().stream().map(item -> item.value).toList();
    }

    /** Returns what was begun and is not done, or never will be. */
    List<T> begun() {
        return begun.stream().map(item -> item.value).toList();
    }

    // Behind it, on the thread of a worker

    /** Deals with one item after the other, until there are no more for this worker. */
    void work(Run ctx) {
        if (workersIn.incrementAndGet() == 1 || deserted) {
            lookForWorkers();
        }
        try {
            for (Item<T> item = next(ctx); item != null; item = next(ctx)) {
                process(ctx, item);
            }
        } finally {
            if (workersIn.decrementAndGet() == 0 && queue.isClosed()) {
                report();
            }
        }
    }

    /** The stop signal comes first: except for a pool that drains, no item is taken after it. */
    private boolean isOver(WorkerContext ctx) {
        return ctx.isCancelled() || failed.get() || (ctx.isStopping() && !drains());
    }

    private boolean drains() {
        return incarnation.isStopping() && pool.effectiveStopMode() == StopMode.DRAIN;
    }

    private @Nullable Item<T> next(Run ctx) {
        ctx.resting();
        try {
            while (true) {
                try {
                    return queue.take(() -> isOver(ctx));
                } catch (InterruptedException e) {
                    // Either it is cancelled, which the next look tells, or nobody knows what this was for.
                }
            }
        } finally {
            ctx.working();
        }
    }

    @SuppressWarnings("try") // only there to be closed
    private void process(Run ctx, Item<T> item) {
        begun.add(item);
        long start = System.nanoTime();
        meter.begun(start - item.since);
        Throwable failure = null;
        try (ContextCapture.Restored restored = item.context.restore()) {
            call(ctx, item.value);
        } catch (Throwable e) {
            failure = e;
        } finally {
            meter.ended(System.nanoTime() - start);
        }
        // What interrupted this item is not meant for the next, but a stop is.
        if (Thread.interrupted() && ctx.isCancelled()) {
            Thread.currentThread().interrupt();
        }
        if (failure != null && ctx.isCancelled()) {
            meter.cutShort.increment();
            log.debug("An item of {} was cut short", pool, failure);
            return;
        }
        begun.remove(item);
        if (failure == null) {
            meter.completed.increment();
            meter.failedInARow.set(0);
        } else {
            meter.failed.increment();
            failed(item.value, failure);
        }
    }

    private void call(Run ctx, T value) throws Exception {
        Duration timeout = work.itemTimeout;
        if (timeout == null) {
            work.body.process(ctx, value);
        } else {
            ctx.<@Nullable Void>within(timeout, () -> {
                work.body.process(ctx, value);
                return null;
            });
        }
    }

    private void failed(T value, Throwable failure) {
        tellOf(value, failure);
        boolean fatal = Supervisor.isFinal(failure) || failure instanceof StopOwnerException;
        if ((fatal || work.onFailure == ItemFailurePolicy.STOP) && failed.compareAndSet(false, true)) {
            queue.close();
            incarnation.fail(failure);
        }
    }

    private void tellOf(T value, Throwable failure) {
        int inARow = meter.failedInARow.incrementAndGet();
        BiConsumer<? super T, ? super Throwable> handler = work.failureHandler;
        if (handler != null) {
            try {
                handler.accept(value, failure);
            } catch (Throwable e) {
                log.warn("The failure handler of {} failed", pool, e);
            }
        } else if (inARow == 1) {
            NodeLog.warn(log, pool).setCause(failure).log("An item of {} failed", pool);
        } else {
            NodeLog.warn(log, pool)
                    .log("An item of {} failed, {} in a row: {}", pool, inARow, NodeLog.oneLine(failure));
        }
    }

    private void report() {
        int left = queue.size();
        int cut = begun.size();
        if (left + cut > 0 && reported.compareAndSet(false, true)) {
            NodeLog.warn(log, pool)
                    .log(
                            "{} has left {} items: {} were not begun, {} were begun and cut short",
                            pool,
                            left + cut,
                            left,
                            cut);
        }
    }
}
