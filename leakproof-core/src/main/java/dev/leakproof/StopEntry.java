package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in a stop: its timetable, how far the stop has got with it, and what went wrong.
 *
 * <p>The timetable is guarded by the tree's lock, the rest by the monitor.
 */
final class StopEntry {

    private final Incarnation incarnation;
    private final StopMode mode;
    private final long start;
    private final Timetable timetable;
    private volatile long deadline;

    private final List<StopOperation> operations = new ArrayList<>(1);
    private final List<String> notes = new ArrayList<>(0);
    private StopStage stage = StopStage.SIGNAL;
    private boolean calledBy;
    private boolean resolved;
    private long end;
    private Duration age = Duration.ZERO;
    private List<StackTraceElement> firstSample = List.of();
    private List<StackTraceElement> lastSample = List.of();
    private @Nullable Leak leak;

    StopEntry(Incarnation incarnation, long start, long deadline) {
        this.incarnation = incarnation;
        this.mode = incarnation.node().effectiveStopMode();
        this.start = start;
        this.timetable = new Timetable(mode, start, deadline);
        this.deadline = timetable.deadline();
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
        return timetable.next();
    }

    Timetable.@Nullable Due poll(long now) {
        return timetable.poll(now);
    }

    void tighten(long earlier) {
        timetable.tighten(earlier);
        deadline = timetable.deadline();
    }

    void allow(long later) {
        timetable.allow(later);
        deadline = timetable.deadline();
    }

    void force(long now) {
        timetable.force(now);
        deadline = timetable.deadline();
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
        calledBy = true;
    }

    synchronized boolean isCaller() {
        return calledBy;
    }

    /** Runs a hook that was registered after its stage had come. */
    void runHook(StopHook hook, StopStage hookStage) {
        incarnation.tree().stopThreads().execute(new HookJob(this, hook, hookStage));
    }

    void sample(boolean last) {
        Run run = incarnation.run();
        Thread thread = run == null || run.hasEnded() ? null : run.thread();
        if (thread == null) {
            return;
        }
        List<StackTraceElement> stack = Leak.stackOf(thread);
        synchronized (this) {
            if (last) {
                lastSample = stack;
            } else {
                firstSample = stack;
            }
        }
    }

    /** Returns where it is now, from the samples; null for a node that has no thread. */
    synchronized @Nullable Leak leak() {
        Run run = incarnation.run();
        Thread thread = run == null || run.hasEnded() ? null : run.thread();
        return thread == null
                ? null
                : new Leak(
                        thread.getName(),
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
            waiting = List.copyOf(operations);
        }
        waiting.forEach(StopOperation::oneResolved);
    }

    synchronized boolean isResolved() {
        return resolved;
    }

    /** Has {@code operation} told when this is resolved; returns false if it is already. */
    synchronized boolean join(StopOperation operation) {
        if (!resolved) {
            operations.add(operation);
        }
        return !resolved;
    }

    synchronized StopReport.Entry toReport() {
        Throwable failure = incarnation.failure();
        StopReport.Outcome outcome = !resolved
                ? StopReport.Outcome.CALLER
                : incarnation.isLeaked()
                        ? StopReport.Outcome.LEAKED
                        : failure != null ? StopReport.Outcome.FAILED : StopReport.Outcome.STOPPED;
        return new StopReport.Entry(
                node().path(),
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
}
