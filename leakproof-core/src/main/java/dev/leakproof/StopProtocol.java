package dev.leakproof;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a subtree stops.
 *
 * <ol>
 *   <li><b>Enrol</b>, on the calling thread: every live node is closed to new work and gets a {@link StopEntry} with a
 *       deadline earlier than its parent's.
 *   <li><b>Signal</b>, on the hand of the {@link StopThreads}, parents first: the stop signal, the {@code onStop} hooks,
 *       and under {@link StopMode#INTERRUPT} the interrupt.
 *   <li><b>Force, unblock, verdict</b>, when the {@link Timetable} of a node says so, driven by the watch: whoever has
 *       ended meanwhile is past caring.
 *   <li><b>Wait</b>, on the calling thread, which does nothing else: the last run of a node to end takes its count to
 *       zero and goes on at the parent, so children are done before their parents.
 * </ol>
 *
 * <p>One stop runs at a time for a node; a stop of something above or below it joins, and the earlier deadline wins.
 */
final class StopProtocol {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    private final Tree tree;

    /** What waits for its next time. An entry is taken out before its times change. Guarded by the tree's lock. */
    private final PriorityQueue<StopEntry> timetable =
            new PriorityQueue<>((a, b) -> Long.signum(a.next() - b.next()));

    /** The unfinished stops by their target. Guarded by the tree's lock. */
    private final Map<Node, StopOperation> operations = new HashMap<>();

    StopProtocol(Tree tree) {
        this.tree = tree;
    }

    /** Stops {@code target} and waits, bounded; returns null if there was nothing to stop. */
    @Nullable StopReport stop(Node target, @Nullable Duration timeout) {
        Set<StopEntry> callers = new HashSet<>();
        StopOperation operation = begin(target, timeout, callers);
        if (operation == null) {
            return null;
        }
        await(operation, callers);
        return finish(operation);
    }

    /** Signals {@code target} to stop; its deadlines hold though nobody waits. */
    void cancel(Node target) {
        tree.lock.lock();
        try {
            if (isLive(target)) {
                long now = System.nanoTime();
                enrol(target, now, now + target.effectiveStopTimeout().toNanos(), null);
                tree.stopThreads().nudge();
            }
        } finally {
            tree.lock.unlock();
        }
    }

    /** Signals the children of {@code parent}, which has failed. */
    void cancelChildren(Node parent) {
        parent.childrenInOrder().forEach(this::cancel);
    }

    /** Begins the force stage of {@code target} and all below it now. */
    void force(Node target) {
        tree.lock.lock();
        try {
            cancel(target);
            forceAll(target, System.nanoTime());
            tree.stopThreads().nudge();
        } finally {
            tree.lock.unlock();
        }
    }

    /** Whether somebody is still to report on the stop of {@code node}. */
    boolean isReporting(Node node) {
        return operations.containsKey(node);
    }

    // Enrol

    private @Nullable StopOperation begin(Node target, @Nullable Duration timeout, Set<StopEntry> callers) {
        tree.lock.lock();
        try {
            StopOperation operation = operations.get(target);
            if (operation == null && !isLive(target)) {
                return null;
            }
            Duration budget = Objects.requireNonNullElseGet(timeout, target::effectiveStopTimeout);
            long now = System.nanoTime();
            if (operation == null) {
                operation = new StopOperation(target, now, budget);
                operations.put(target, operation);
            }
            enrol(target, now, now + budget.toNanos(), operation);
            findCallers(operation, callers);
            tree.stopThreads().nudge();
            return operation;
        } finally {
            tree.lock.unlock();
        }
    }

    private static boolean isLive(Node node) {
        Incarnation incarnation = node.current();
        return incarnation != null && !incarnation.isOver();
    }

    /** Returns the deadline that {@code node} and all below it need. */
    private long enrol(Node node, long now, long deadline, @Nullable StopOperation operation) {
        Incarnation incarnation = node.current();
        if (incarnation == null || incarnation.isOver()) {
            return now;
        }
        StopEntry entry = incarnation.stop();
        if (entry == null) {
            entry = new StopEntry(incarnation, now, deadline);
            incarnation.stoppedBy(entry);
            incarnation.shut();
            node.advance(NodeState.STOPPING);
            enqueueSignal(entry);
        } else {
            timetable.remove(entry);
            entry.tighten(deadline);
        }
        if (operation != null && !operation.entries().contains(entry)) {
            operation.add(entry);
        }
        long below = Timetable.childDeadline(entry.deadline(), now);
        for (Node child : node.childrenInOrder()) {
            long own = now + child.effectiveStopTimeout().toNanos();
            entry.allow(enrol(child, now, own - below < 0 ? own : below, operation) + 1_000_000);
        }
        timetable.add(entry);
        return entry.deadline();
    }

    /** Collects the node whose body calls this, if one does, and what owns it: the caller cannot wait for those. */
    private static void findCallers(StopOperation operation, Set<StopEntry> callers) {
        Thread caller = Thread.currentThread();
        for (StopEntry entry : operation.entries()) {
            Run run = entry.incarnation().run();
            if (run != null && run.thread() == caller && !run.hasEnded()) {
                entry.markCaller();
                for (Node node = entry.node(); node != null; node = node.parent()) {
                    Incarnation above = node.current();
                    StopEntry stop = above == null ? null : above.stop();
                    if (stop != null) {
                        callers.add(stop);
                    }
                }
            }
        }
    }

    private void forceAll(Node node, long now) {
        Incarnation incarnation = node.current();
        StopEntry entry = incarnation == null || incarnation.isOver() ? null : incarnation.stop();
        if (entry != null) {
            timetable.remove(entry);
            entry.force(now);
            node.childrenInOrder().forEach(child -> forceAll(child, now));
            timetable.add(entry);
        }
    }

    // Signal

    /** One job after the other, so that a hook that hangs holds up nothing but itself. */
    private void enqueueSignal(StopEntry entry) {
        StopThreads hand = tree.stopThreads();
        Incarnation incarnation = entry.incarnation();
        hand.execute(StopThreads.Job.of("The stop signal to " + entry.node(), () -> {
            incarnation.signal(entry.interruptsAtOnce());
            for (StopHook hook : hooks(entry, StopStage.SIGNAL)) {
                hand.execute(new HookJob(entry, hook, StopStage.SIGNAL));
            }
        }));
    }

    private static List<StopHook> hooks(StopEntry entry, StopStage stage) {
        return entry.node().hooks(stage);
    }

    // Force, unblock, verdict

    /** Does what is due, and returns the nanoseconds until more is due, or Long.MAX_VALUE. */
    long advance() {
        tree.lock.lock();
        try {
            long now = System.nanoTime();
            StopEntry entry = timetable.peek();
            while (entry != null && entry.next() - now <= 0) {
                timetable.remove();
                Timetable.Due due = entry.poll(now);
                if (!entry.incarnation().isOver() && due != null) {
                    act(entry, due);
                    timetable.add(entry);
                }
                entry = timetable.peek();
            }
            return entry == null ? Long.MAX_VALUE : Math.max(0, entry.next() - System.nanoTime());
        } finally {
            tree.lock.unlock();
        }
    }

    private void act(StopEntry entry, Timetable.Due due) {
    }
}
