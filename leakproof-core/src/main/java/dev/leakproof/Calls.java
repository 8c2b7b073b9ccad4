package dev.leakproof;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls in progress on the thread of one run that have a deadline, or a way out because they ignore interrupts.
 *
 * <p>Calls nest, and only the thread of the run begins and ends them. The ticker and the stop threads read the chain,
 * from the innermost call outwards, through one volatile; whom they find may have ended meanwhile, which the {@link
 * Intervention} of each call settles.
 */
final class Calls {

    private final Tree tree;
    private final Node node;
    private final BooleanSupplier cancelled;
    private volatile @Nullable Call innermost;

    /**
     * @param node what the calls are made for
     * @param cancelled whether that is cancelled, apart from any deadline here
     */
    Calls(Tree tree, Node node, BooleanSupplier cancelled) {
        this.tree = tree;
        this.node = node;
        this.cancelled = cancelled;
    }

    /** One call; what may be done to it is to interrupt it, or what its caller says. */
    private abstract class Call extends Intervention {

        final @Nullable Call outer;
        final StopThreads.Job job;

        Call(@Nullable Call outer, String what) {
            this.outer = outer;
            this.job = new StopThreads.Job(what, node) {
                @Override
                void run() {
                    perform();
                }

                @Override
                boolean isForeign() {
                    return Call.this instanceof StubbornCall;
                }

                @Override
                void wentWrong(String how, @Nullable Throwable cause) {
                    note(this + " " + how);
                    super.wentWrong(how, cause);
                }
            };
        }

        boolean isExpired() {
            return false;
        }
    }

    /** A call with a deadline: the time comes on the ticker, which must not block, the interrupt from a stop thread. */
    private final class TimedCall extends Call {

        final Tick tick = new Tick() {
            @Override
            void fire(long now) {
                expired = true;
                tree.stopThreads().execute(job);
            }
        };
        private final long due;
        private volatile boolean expired;

        TimedCall(@Nullable Call outer, long due) {
            super(outer, "The end of the time of a call in");
            this.due = due;
        }

        @Override
        void act() {
            free(innermost, this);
            caller().interrupt();
        }

        @Override
        boolean isExpired() {
            return expired;
        }
    }

    /** A call that has to be freed by something else than an interrupt. */
    private final class StubbornCall extends Call {

        private final StopHook wayOut;

        StubbornCall(@Nullable Call outer, StopHook wayOut) {
            super(outer, "The way out of a call in");
            this.wayOut = wayOut;
        }

        @Override
        void act() {
            try {
                wayOut.run();
            } catch (Throwable e) {
                // Here, and not by the stop thread, which would say so only after the call was let go.
                job.wentWrong("failed: " + e, e);
            }
        }
    }

    private void note(String text) {
        Incarnation incarnation = node.current();
        StopEntry stop = incarnation == null ? null : incarnation.stop();
        if (stop != null) {
            stop.note(text);
        }
    }

    // On the thread of the run

    <R extends @Nullable Object> R within(Duration limit, Callable<R> body) throws Exception {
        Durations.positive("The time for a call in " + node, limit);
        requireFree();
        if (nanosLeft() <= limit.toNanos()) {
            // The deadline around this one comes first and ends both.
            return body.call();
        }
        TimedCall call = new TimedCall(innermost, tree.ticker().nanoTime() + limit.toNanos());
        innermost = call;
        tree.ticker().schedule(call.tick, call.due);
        R result;
        try {
            result = body.call();
        } catch (Exception e) {
            if (timedOut(call)) {
                throw timeout(limit, e);
            }
            throw e;
        } finally {
            end(call);
        }
        if (timedOut(call)) {
            throw timeout(limit, null);
        }
        return result;
    }

    <R extends @Nullable Object> R interruptibly(Callable<R> body, StopHook wayOut) throws Exception {
        requireFree();
        Call call = new StubbornCall(innermost, wayOut);
        innermost = call;
        try {
            // Whoever was cancelled before it could be seen in the chain is not found there by the stop.
            requireFree();
            return body.call();
        } catch (Exception e) {
            if (isCancelled() && !(e instanceof InterruptedException || e instanceof CancellationException)) {
                CancellationException ended = new CancellationException("A call in " + node + " was cancelled");
                ended.initCause(e);
                throw ended;
            }
            throw e;
        } finally {
            call.callOff();
            innermost = call.outer;
        }
    }

    private void requireFree() throws InterruptedException {
        if (isCancelled()) {
            throw new CancellationException("No call is begun in " + node + ": it is cancelled, or its time is up");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("No call is begun in " + node + ": its thread is interrupted");
        }
    }

    private void end(TimedCall call) {
        tree.ticker().cancel(call.tick);
        call.callOff();
        innermost = call.outer;
        if (call.isExpired()) {
            Thread.interrupted();
            if (isCancelled()) {
                // That may have been the interrupt of a stop or of a deadline further out as well.
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether it was the deadline that ended it: where the run is cancelled as well, that is the reason. */
    private boolean timedOut(TimedCall call) {
        return call.isExpired() && !cancelled.getAsBoolean();
    }

    private TimeoutException timeout(Duration limit, @Nullable Exception cause) {
        TimeoutException late =
                new TimeoutException("A call in " + node + " did not end within " + Durations.format(limit));
        late.initCause(cause);
        return late;
    }

    // On any thread

    /** Whether the run is cancelled, or the time of a call in progress is up. */
    private boolean isCancelled() {
        return cancelled.getAsBoolean() || isExpired();
    }

    /** Whether the time of a call in progress is up. One volatile read where there is none. */
    boolean isExpired() {
        for (Call call = innermost; call != null; call = call.outer) {
            if (call.isExpired()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the nanoseconds until the next deadline of a call in progress; Long.MAX_VALUE if there is none. */
    long nanosLeft() {
        // A call is given a deadline only if that is earlier than the one around it.
        for (Call call = innermost; call != null; call = call.outer) {
            if (call instanceof TimedCall timed) {
                return timed.due - tree.ticker().nanoTime();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Has every call in progress take its way out; called by whoever interrupts the run, before it does. */
    void free() {
        free(innermost, null);
    }

    private void free(@Nullable Call from, @Nullable Call until) {
        if (from != null && from != until) {
            // Each goes to the head, so the one that is put there last, the innermost, is the first to run.
            free(from.outer, until);
            if (from instanceof StubbornCall) {
                tree.stopThreads().executeFirst(from.job);
            }
        }
    }
}
