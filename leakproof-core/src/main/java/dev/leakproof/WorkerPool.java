package dev.leakproof;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Works off items from a bounded queue, several at a time.
 *
 * <pre>{@code
 * WorkerPool<Order> imports = owner.start(WorkerPool.<Order>named("import")
 *         .workers(4)
 *         .capacity(100)
 *         .stopMode(StopMode.DRAIN)
 *         .process((ctx, order) -> save(order)));
 * imports.submit(order);
 * }</pre>
 *
 * <p>In the tree it is one node with its workers as numbered children, each of which can be stopped for itself. When it
 * is told to stop it accepts no more, and whoever waits for room gets a {@link PoolClosedException}. What then becomes of
 * the items is for its {@link StopMode}: {@code DRAIN} completes them all, {@code FINISH} those in hand, {@code INTERRUPT}
 * none; and when its grace is spent, the rest is abandoned. {@link #leftOver()} and {@link #cutShort()} say what was
 * left. After a new start it begins with an empty queue. It accepts no more either once each of its workers was stopped
 * for itself, or leaked and was left out of a new start.
 *
 * <p>An item that fails does not harm the worker: see {@link ItemFailurePolicy}. What is bound to the submitting thread
 * is carried to its item, and no further: see {@link ContextCapture}.
 *
 * <p>An item that submits to its own full pool and waits may wait for itself: have it {@link #offer} instead.
 *
 * <p>Safe for use by many threads. Items are begun in the order in which they were accepted.
 *
 * @param <T> the type of the items
 */
public final class WorkerPool<T> implements Managed, AutoCloseable {

    private final int capacity;
    private final OnFull onFull;
    private final Shift.Work<T> work;
    private final PoolMeter meter = new PoolMeter();
    private final ManagedWorker worker;

    /** That of the incarnation that runs or ran last; null before the first. */
    private volatile @Nullable Shift<T> shift;

    /** The one before. */
    private volatile @Nullable Shift<T> earlier;

    private WorkerPool(Builder<T> builder, Shift.Work<T> work) {
        this.capacity = builder.capacity;
        this.onFull = builder.onFull;
        this.work = work;
        this.worker = builder.worker
                .intake(new Intake() {
                    @Override
                    public void open(Incarnation incarnation) {
                        WorkerPool.this.open(incarnation);
                    }

                    @Override
                    public void changed() {
                        Shift<T> now = shift;
                        if (now != null) {
                            now.changed();
                        }
                    }

                    @Override
                    public boolean isPending() {
                        Shift<T> now = shift;
                        return now != null && now.isPending();
                    }
                })
                .details(this::details)
                // Only runs of this worker get here.
                .run(ctx -> Objects.requireNonNull(shift).work((Run) ctx));
    }

    /**
     * Begins to build a pool.
     *
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens
     * @param <T> the type of the items
     * @return a builder, to be ended with {@link Builder#process}
     * @throws IllegalArgumentException if the name is not legal
     */
    public static <T> Builder<T> named(String name) {
        return new Builder<>(name, ManagedWorker.named(name).kind(NodeKind.POOL));
    }

    @Override
    public ManagedWorker worker() {
        return worker;
    }

    /** Returns the last part of its path. */
    public String name() {
        return worker.name();
    }

    /**
     * Hands over an item. While the queue is full it does what was chosen: see {@link OnFull}.
     *
     * @param item not null
     * @throws RejectedExecutionException if there is no room, at once or for too long
     * @throws PoolClosedException if this is not running, or is told to stop meanwhile, or none of its workers is left;
     *     the item was not accepted
     * @throws InterruptedException if interrupted while waiting for room
     */
    public void submit(T item) throws InterruptedException {
        if (!put(item, onFull.patienceNanos())) {
            throw new RejectedExecutionException("No room in " + worker + ": " + capacity + " items wait already, and "
                    + "when it is full it is to " + onFull);
        }
    }

    /**
     * Hands over an item if there is room now.
     *
     * @param item not null
     * @return whether it was accepted
     * @throws PoolClosedException if this is not running, or none of its workers is left
     */
    public boolean offer(T item) {
        try {
            return put(item, 0);
        } catch (InterruptedException e) {
            throw new AssertionError("Nothing waits here", e);
        }
    }

    /**
     * Hands over an item if there is room within the given time.
     *
     * @param item not null
     * @param patience how long to wait for room at most; zero or longer
     * @return whether it was accepted
     * @throws PoolClosedException if this is not running, or is told to stop meanwhile, or none of its workers is left;
     *     the item was not accepted
     * @throws InterruptedException if interrupted while waiting for room
     */
    public boolean offer(T item, Duration patience) throws InterruptedException {
        return put(
                item,
                Durations.notNegative("The time to wait for room in " + worker, patience)
                        .toNanos());
    }

    private boolean put(T item, long patienceNanos) throws InterruptedException {
        Objects.requireNonNull(item, () -> "An item for " + worker + " must not be null");
        Shift<T> now = shift;
        WorkQueue.Put put = now == null ? WorkQueue.Put.CLOSED : now.put(item, patienceNanos);
        (put == WorkQueue.Put.ACCEPTED ? meter.accepted : meter.rejected).increment();
        if (put == WorkQueue.Put.CLOSED) {
            boolean deserted = now != null && !now.isClosed() && worker.state() == NodeState.RUNNING;
            throw new PoolClosedException(worker + " accepts no items: "
                    + (deserted
                            ? "none of its workers is left; start one of them, or the pool again"
                            : "it is " + worker.state()));
        }
        return put == WorkQueue.Put.ACCEPTED;
    }

    /**
     * Returns the items that were accepted and never begun, in their order: those of the last incarnation that was told
     * to stop, until the next one is. Complete once that has stopped. They are not done after a new start, unless they
     * are submitted again.
     */
    public List<T> leftOver() {
        Shift<T> told = lastTold();
        return told == null ? List.of() : told.waiting();
    }

    /**
     * Returns the items that were begun and cancelled before they were done, or are still stuck, in no order; otherwise
     * as {@link #leftOver()}. They may be half done.
     */
    public List<T> cutShort() {
        Shift<T> told = lastTold();
        return told == null ? List.of() : told.begun();
    }

    /** Returns its numbers. Never blocks. */
    public PoolStats stats() {
        Shift<T> now = shift;
        Shift<T> told = lastTold();
        return meter.stats(
                worker.instances(), capacity, now == null ? 0 : now.depth(), told == null ? 0 : told.depth());
    }

    /** Stops it within its stop timeout; the same as {@code worker().close()}. */
    @Override
    public void close() {
        worker.close();
    }

    @Override
    public String toString() {
        return worker.toString();
    }

    private @Nullable Shift<T> lastTold() {
        Shift<T> now = shift;
        return now == null || now.isClosed() ? now : earlier;
    }

    private void open(Incarnation incarnation) {
        earlier = shift;
        shift = new Shift<>(worker, incarnation, work, meter, capacity);
    }

    private Map<String, Object> details() {
        PoolStats now = stats();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("depth", now.depth());
        details.put("capacity", capacity);
        details.put("leftOver", now.leftOver());
        details.put("busy", now.busy());
        details.put("blocked", now.blocked());
        details.put("accepted", now.accepted());
        details.put("rejected", now.rejected());
        details.put("completed", now.completed());
        details.put("failed", now.failed());
        details.put("cutShort", now.cutShort());
        details.put("meanWait", Durations.format(now.meanWait()));
        details.put("longestWait", Durations.format(now.longestWait()));
        return details;
    }

    /**
     * Builds a {@link WorkerPool}. Not for use by many threads.
     *
     * @param <T> the type of the items
     */
    public static final class Builder<T> {

        private final String name;
        private final ManagedWorker.Builder worker;
        private int capacity = 100;
        private OnFull onFull = OnFull.BLOCK;
        private @Nullable Duration itemTimeout;
        private ItemFailurePolicy onFailure = ItemFailurePolicy.SKIP;
        private @Nullable BiConsumer<? super T, ? super Throwable> failureHandler;

        private Builder(String name, ManagedWorker.Builder worker) {
            this.name = name;
            this.worker = worker;
        }

        /** Sets how many items it deals with at once, from 1 to 10,000. By default 1. */
        public Builder<T> workers(int workers) {
            worker.concurrency(atLeastOne("workers", workers));
            return this;
        }

        /** Sets how many items can wait, 1 or more. By default 100. */
        public Builder<T> capacity(int capacity) {
            this.capacity = atLeastOne("capacity", capacity);
            return this;
        }

        /** Sets what {@link WorkerPool#submit} does while the queue is full. By default it waits. */
        public Builder<T> onFull(OnFull onFull) {
            this.onFull = Objects.requireNonNull(onFull, "onFull");
            return this;
        }

        /**
         * Cancels and interrupts an item that takes longer: it counts as failed by a {@link
         * java.util.concurrent.TimeoutException}, and the worker goes on with the next. By default none is.
         */
        public Builder<T> itemTimeout(@Nullable Duration itemTimeout) {
            this.itemTimeout =
                    itemTimeout == null ? null : Durations.positive("'itemTimeout' of '" + name + "'", itemTimeout);
            return this;
        }

        /** Sets what follows when an item fails. By default it is skipped. */
        public Builder<T> onFailure(ItemFailurePolicy onFailure) {
            this.onFailure = Objects.requireNonNull(onFailure, "onFailure");
            return this;
        }

        /**
         * Sets what is told of each item that fails, on the thread of the worker; what it throws is logged. By default
         * the failure is logged, without the item.
         */
        public Builder<T> failureHandler(BiConsumer<? super T, ? super Throwable> failureHandler) {
            this.failureHandler = Objects.requireNonNull(failureHandler, "failureHandler");
            return this;
        }

        /** Sets what is carried from the submitting thread to the item. By default as its owner says. */
        public Builder<T> context(@Nullable ContextCapture context) {
            worker.context(context);
            return this;
        }

        /** Has a worker count as stalled whose item gives no sign of life for so long. By default none ever does. */
        public Builder<T> stallAfter(@Nullable Duration stallAfter) {
            worker.stallAfter(stallAfter);
            return this;
        }

        /** Sets the owner that it asks for: a path below the root. By default the root. */
        public Builder<T> ownedBy(@Nullable String ownerPath) {
            worker.ownedBy(ownerPath);
            return this;
        }

        /** Sets what names it in logs, metrics and properties. By default its name. */
        public Builder<T> id(String id) {
            worker.id(id);
            return this;
        }

        /** Sets the kind of its threads. By default that of its owner. */
        public Builder<T> threads(@Nullable ThreadKind threads) {
            worker.threads(threads);
            return this;
        }

        /** Sets what becomes of its items when it is told to stop. By default as its owner says. */
        public Builder<T> stopMode(@Nullable StopMode stopMode) {
            worker.stopMode(stopMode);
            return this;
        }

        /** Sets the most it gets to stop. By default what its owner has. */
        public Builder<T> stopTimeout(@Nullable Duration stopTimeout) {
            worker.stopTimeout(stopTimeout);
            return this;
        }

        /** Adds a hook that frees its workers from what ignores interrupts: see {@link WorkerContext#onUnblock}. */
        public Builder<T> onUnblock(StopHook hook) {
            worker.onUnblock(hook);
            return this;
        }

        /** Sets the line of code that is named as its origin. By default the line that called {@link #named}. */
        public Builder<T> createdAt(String createdAt) {
            worker.createdAt(createdAt);
            return this;
        }

        /**
         * Builds the pool. It accepts nothing before an {@link Owner} starts it.
         *
         * @param body what to do with one item, never null
         * @return the pool
         */
        public WorkerPool<T> process(ItemBody<? super T> body) {
            Objects.requireNonNull(body, () -> "The body of '" + name + "' must not be null");
            return new WorkerPool<>(this, new Shift.Work<>(body, itemTimeout, onFailure, failureHandler));
        }

        private int atLeastOne(String what, int number) {
            if (number < 1) {
                throw new IllegalArgumentException(
                        "'" + what + "' of '" + name + "' must be 1 or more, but was " + number);
            }
            return number;
        }
    }
}
