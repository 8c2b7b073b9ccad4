package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in a stop: its timetable, how far the stop has got with it, and what went wrong.
 *
 * <p>The timetable is guarded by the tree's lock, the rest by the monitor.
 */
final class StopEntry {

    private static final AtomicLong SEQUENCE = new AtomicLong();

    /** Higher for a child than for its parent. */
    final long sequence = SEQUENCE.incrementAndGet();

    /** Its place on the agenda, if it has one. Guarded by the tree's lock. */
    Agenda.@Nullable Alarm alarm;

    private final Incarnation incarnation;
    /** As it was: one that comes and goes is out of the tree when the report is made. */
    private final String path;

    private final StopMode mode;
    private final long start;
    private final Timetable timetable;
    private volatile long deadline;
    private long next;

    /** Those that it has joined. Written with the tree's lock and the monitor held; the list itself does not change. */
    private volatile List<StopOperation> operations = List.of();

    private final List<String> notes = new ArrayList<>(0);
    private StopStage stage = StopStage.SIGNAL;
    private @Nullable Thread caller;
    private boolean resolved;
    private boolean logged;
    private long end;
    private Duration age = Duration.ZERO;
    private List<StackTraceElement> firstSample = List.of();
    private List<StackTraceElement> lastSample = List.of();
    private @Nullable Leak leak;

    StopEntry(Incarnation incarnation, long start, long deadline) {
        this.incarnation = incarnation;
        this.path = incarnation.node().path();
        this.mode = incarnation.node().effectiveStopMode();
        this.start = start;
        this.timetable = new Timetable(mode, start, deadline);
        replan();
    }

    /** Returns the entry of a node that waited to be started again: there is nothing left to stop. */
    static StopEntry resolved(Incarnation incarnation, long now) {
        StopEntry entry = new StopEntry(incarnation, now, now);
        entry.ended();
        return entry;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    Node node() {
        return incarnation.node();
    }

    boolean interruptsAtOnce() {
        return mode == StopMode.INTERRUPT;
    }

    // The timetable

    /** Returns when the node will be given up on; may be read without the lock. */
    long deadline() {
        return deadline;
    }

    long next() {
        return next;
    }

    Timetable.@Nullable Due poll(long now) {
        Timetable.Due due = timetable.poll(now);
        replan();
        return due;
    }

    void tighten(long earlier, long now) {
        timetable.tighten(earlier, now);
        replan();
    }

    void allow(long later) {
        if (timetable.allow(later)) {
            replan();
        }
    }

    /** Has whoever waits for this wait for {@code below} too. With the tree's lock held. */
    void alsoFor(StopEntry below) {
        for (StopOperation operation : operations) {
            operation.add(below);
        }
    }

    void force(long now) {
        timetable.force(now);
        replan();
    }

    private void replan() {
        deadline = timetable.deadline();
        next = timetable.next();
    }

    // How far the stop has got

    synchronized void reached(StopStage next) {
        if (!resolved && next.compareTo(stage) > 0) {
            stage = next;
        }
    }

    synchronized void note(String text) {
        notes.add(text);
    }

    /** Its body has called the stop: it is not interrupted, and the caller does not wait for it. */
    synchronized void markCaller() {
        caller = Thread.currentThread();
    }

    synchronized @Nullable Thread caller() {
        return caller;
    }

    /** Runs a hook that was registered after its stage had come. */
    void runHook(StopHook hook, StopStage hookStage) {
        incarnation.tree().stopThreads().execute(new HookJob(this, hook, hookStage));
    }

    void sample(boolean last) {
        Activity activity = incarnation.activity();
        Thread thread = threadOf(activity);
        if (activity == null || thread == null) {
            return;
        }
        List<StackTraceElement> stack = Stacks.of(thread);
        if (last) {
            activity.others().forEach(this::note);
        }
        synchronized (this) {
            if (last) {
                lastSample = stack;
            } else {
                firstSample = stack;
            }
        }
    }

    /** Returns where it is now, from the samples; null for a node that has no thread. */
    @Nullable
    Leak leak() {
        if (lacksSample()) {
            // The hand did not get to it: better one stack, taken here, than none.
            sample(true);
        }
        return leakFromSamples();
    }

    private synchronized boolean lacksSample() {
        return firstSample.isEmpty() && lastSample.isEmpty();
    }

    /** A body that has returned may have left its thread with an observer or an appender that hangs. */
    private static @Nullable Thread threadOf(@Nullable Activity activity) {
        Thread thread = activity == null ? null : activity.thread();
        return thread == null || !thread.isAlive() ? null : thread;
    }

    private synchronized @Nullable Leak leakFromSamples() {
        Activity activity = incarnation.activity();
        Thread thread = threadOf(activity);
        return activity == null || thread == null
                ? null
                : new Leak(
                        activity.threadName(),
                        VirtualThreads.isVirtual(thread),
                        thread.getState(),
                        firstSample,
                        lastSample.isEmpty() ? firstSample : lastSample);
    }

    // Its end

    /** The node has ended in time. */
    void ended() {
        resolve(null);
    }

    /** The node did not end in time. */
    void leaked(@Nullable Leak where) {
        reached(StopStage.VERDICT);
        resolve(where);
    }

    private void resolve(@Nullable Leak where) {
        List<StopOperation> waiting;
        synchronized (this) {
            if (resolved) {
                return;
            }
            resolved = true;
            leak = where;
            end = System.nanoTime();
            age = incarnation.age();
            waiting = operations;
        }
        for (StopOperation operation : waiting) {
            operation.oneResolved();
        }
    }

    /** Whether somebody waits for it, who will report on it. */
    boolean isAwaited() {
        return operations.stream().anyMatch(StopOperation::hasWaiters);
    }

    /** Whether it is for the caller to log that it leaked; true once. */
    synchronized boolean claimLog() {
        boolean mine = !logged;
        logged = true;
        return mine;
    }

    synchronized boolean isResolved() {
        return resolved;
    }

    /** Has {@code operation} told when this is resolved; returns false if it is already. */
    synchronized boolean join(StopOperation operation) {
        if (!resolved) {
            operations = operations.isEmpty()
                    ? List.of(operation)
                    : Stream.concat(operations.stream(), Stream.of(operation)).toList();
        }
        return !resolved;
    }

    /** Whether it has joined {@code operation}. */
    boolean isPartOf(StopOperation operation) {
        return operations.contains(operation);
    }

    synchronized StopReport.Entry toReport() {
        Throwable failure = incarnation.failure();
        StopReport.Outcome outcome = !resolved
                ? StopReport.Outcome.CALLER
                : incarnation.isLeaked()
                        ? StopReport.Outcome.LEAKED
                        : failure != null ? StopReport.Outcome.FAILED : StopReport.Outcome.STOPPED;
        return new StopReport.Entry(
                path,
                node().kind(),
                outcome,
                stage,
                Duration.ofNanos((resolved ? end : System.nanoTime()) - start),
                resolved ? age : incarnation.age(),
                node().createdAt(),
                failure,
                leak,
                notes);
    }

    @Override
    public String toString() {
        return node().kind().label() + " '" + path + "'";
    }
}
