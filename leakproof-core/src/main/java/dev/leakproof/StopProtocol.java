package dev.leakproof;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 *
 * <p>It is written in loops rather than streams: the stop of an application is the first that its JVM runs, which makes a
 * class for each lambda.
 */
final class StopProtocol {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    /** Where nothing is left, a parent still gets a millisecond more than its child. */
    private static final long LEAST_LEAD = 1_000_000;

    /** Nothing holds a caller longer, not even an error of our own. */
    private static final long LONGEST_OVERRUN = Duration.ofSeconds(2).toNanos();

    /** How long a stop of the root waits for each of the tree's own threads to be gone. */
    private static final long SERVICE_END_MILLIS = 100;

    private final Tree tree;

    /** Guarded by the tree's lock. */
    private final Agenda agenda = new Agenda();

    /** The unfinished stops by their target. Guarded by the tree's lock. */
    private final Map<Node, StopOperation> operations = new HashMap<>();

    StopProtocol(Tree tree) {
        this.tree = tree;
    }

    /** Stops {@code target} and waits, bounded; returns null if there was nothing to stop. */
    @Nullable
    StopReport stop(Node target, @Nullable Duration timeout) {
        StopOperation operation = begin(target, timeout);
        if (operation == null) {
            return null;
        }
        await(operation, isFromInside(operation));
        return finish(operation);
    }

    /** Signals {@code target} to stop; its deadlines hold though nobody waits. */
    void cancel(Node target) {
        tree.lock.lock();
        try {
            if (isLive(target) || target.backoff() != null) {
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
        for (Node child : parent.childrenInOrder()) {
            cancel(child);
        }
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

    /** Whether somebody waits for the stop of {@code node}, and will report on it. With the tree's lock held. */
    boolean isAwaited(Node node) {
        StopOperation operation = operations.get(node);
        return operation != null && operation.hasWaiters();
    }

    // Enrol

    private @Nullable StopOperation begin(Node target, @Nullable Duration timeout) {
        tree.lock.lock();
        try {
            if (!operations.isEmpty()) {
                // Where it was started again, who waited for the earlier stop may have yet to leave.
                operations.values().removeIf(past -> past.isDone() && (!past.hasWaiters() || isLive(past.target())));
            }
            StopOperation operation = operations.get(target);
            if (operation == null && !isLive(target) && target.backoff() == null) {
                return null;
            }
            Duration budget = timeout == null ? target.effectiveStopTimeout() : timeout;
            long now = System.nanoTime();
            if (operation == null) {
                operation = new StopOperation(target, now, budget);
                operations.put(target, operation);
            }
            enrol(target, now, bounded(target, now + budget.toNanos(), now), operation);
            findCallers(operation);
            operation.enter(Thread.currentThread());
            tree.stopThreads().nudge();
            return operation;
        } finally {
            tree.lock.unlock();
        }
    }

    /** What is stopped by itself while the stop of what it is in is under way has to be done before that. */
    private static long bounded(Node target, long deadline, long now) {
        Node above = target.parent();
        Incarnation incarnation = above == null ? null : above.current();
        StopEntry stop = incarnation == null || incarnation.isOver() ? null : incarnation.stop();
        long bound = stop == null ? deadline : Timetable.childDeadline(stop.deadline(), now);
        return bound - deadline < 0 ? bound : deadline;
    }

    private static boolean isLive(Node node) {
        Incarnation incarnation = node.current();
        return incarnation != null && !incarnation.isOver();
    }

    /** Returns the deadline that {@code node} and all below it need. */
    private long enrol(Node node, long now, long deadline, @Nullable StopOperation operation) {
        Incarnation incarnation = node.current();
        if (incarnation == null) {
            return now;
        }
        incarnation.forbidRestart();
        Backoff backoff = node.backoff();
        if (backoff != null && backoff.cancel()) {
            if (operation != null) {
                operation.add(StopEntry.resolved(incarnation, now));
            }
            return now;
        }
        StopEntry entry = incarnation.stop();
        if (incarnation.isOver()) {
            if (operation != null && entry != null && !incarnation.isSettled()) {
                // It has leaked before and still runs: this report has to say so too.
                operation.add(entry);
            }
            return now;
        }
        if (entry == null) {
            entry = new StopEntry(incarnation, now, deadline);
            if (operation != null && isCaller(incarnation)) {
                // It has yet to return from this; one who only cancels has not.
                entry.markCaller();
            }
            incarnation.stoppedBy(entry);
            incarnation.shut();
            node.advance(NodeState.STOPPING);
            enqueueSignal(entry);
        } else {
            entry.tighten(deadline, now);
        }
        if (operation != null) {
            operation.add(entry);
        }
        for (Node child : childrenOf(incarnation)) {
            entry.allow(enrol(child, now, deadlineBelow(entry, child, now), operation) + LEAST_LEAD);
        }
        agenda.put(entry);
        return entry.deadline();
    }

    private static long deadlineBelow(StopEntry entry, Node child, long now) {
        long own = now + child.effectiveStopTimeout().toNanos();
        long below = Timetable.childDeadline(entry.deadline(), now);
        return own - below < 0 ? own : below;
    }

    /** Returns the children, and the groups that are open. */
    private static List<Node> childrenOf(Incarnation incarnation) {
        List<TaskGroup<?>> groups = incarnation.groups().list();
        List<Node> children = incarnation.node().childrenInOrder();
        if (!groups.isEmpty()) {
            children = new ArrayList<>(children);
            groups.stream().map(TaskGroup::embody).filter(Objects::nonNull).forEach(children::add);
        }
        return children;
    }

    /** Returns the node of a group that does not end by itself, or null if it has by now. */
    @Nullable
    GroupNode embody(TaskGroup<?> group) {
        tree.lock.lock();
        try {
            return group.embody();
        } finally {
            tree.lock.unlock();
        }
    }

    /** Has a group take part in the stop of what it was opened in, which has begun. */
    void stopLate(TaskGroup<?> group) {
        tree.lock.lock();
        try {
            StopEntry above = group.host().incarnation().stop();
            GroupNode node = above == null || above.isResolved() ? null : group.embody();
            Incarnation incarnation = node == null ? null : node.current();
            if (above != null && node != null && incarnation != null && incarnation.stop() == null) {
                long now = System.nanoTime();
                above.allow(enrol(node, now, deadlineBelow(above, node, now), null) + LEAST_LEAD);
                agenda.put(above);
                above.alsoFor(Objects.requireNonNull(incarnation.stop()));
                tree.stopThreads().nudge();
            }
        } finally {
            tree.lock.unlock();
        }
    }

    /** Collects the node whose body calls this, if one does, and what owns it: the caller cannot wait for those. */
    private static void findCallers(StopOperation operation) {
        for (StopEntry entry : operation.entries()) {
            if (isCaller(entry.incarnation())) {
                entry.markCaller();
                for (Node node = entry.node(); node != null; node = node.parent()) {
                    Incarnation above = node.current();
                    StopEntry stop = above == null ? null : above.stop();
                    if (stop != null && stop.isPartOf(operation)) {
                        operation.addCaller(stop);
                    }
                }
            }
        }
    }

    private static boolean isFromInside(StopOperation operation) {
        for (StopEntry entry : operation.callers()) {
            if (isCaller(entry.incarnation())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCaller(Incarnation incarnation) {
        Activity activity = incarnation.activity();
        return activity != null && activity.runsOn(Thread.currentThread());
    }

    /** Returns the deadline that {@code node} and all below it need. */
    private long forceAll(Node node, long now) {
        Incarnation incarnation = node.current();
        StopEntry entry = incarnation == null || incarnation.isOver() ? null : incarnation.stop();
        if (incarnation == null || entry == null) {
            return now;
        }
        entry.force(now);
        for (Node child : childrenOf(incarnation)) {
            entry.allow(forceAll(child, now) + LEAST_LEAD);
        }
        agenda.put(entry);
        return entry.deadline();
    }

    // Signal

    /**
     * Signal, hooks, interrupt: one job after the other, so that a hook that hangs holds up nothing but itself, and all of
     * them before those of any child.
     */
    private void enqueueSignal(StopEntry entry) {
        StopThreads hand = tree.stopThreads();
        Incarnation incarnation = entry.incarnation();
        hand.execute(StopThreads.Job.of("The stop signal to", entry, () -> {
            if (incarnation.isOver()) {
                return;
            }
            // Before anybody wakes: a run that ends at once would take its hooks with it.
            List<StopHook> hooks = entry.node().hooks(StopStage.SIGNAL);
            incarnation.signal(entry.interruptsAtOnce());
            if (hooks.isEmpty()) {
                signalled(entry);
                return;
            }
            hand.executeFirst(StopThreads.Job.of("The interrupt of", entry, () -> signalled(entry)));
            for (int i = hooks.size() - 1; i >= 0; i--) {
                hand.executeFirst(new HookJob(entry, hooks.get(i), StopStage.SIGNAL));
            }
        }));
    }

    private static void signalled(StopEntry entry) {
        entry.incarnation().releaseSelf();
        if (entry.interruptsAtOnce()) {
            interrupt(entry);
        }
    }

    private static void interrupt(StopEntry entry) {
        Activity activity = entry.incarnation().activity();
        if (activity != null && !activity.hasEnded()) {
            entry.reached(StopStage.INTERRUPT);
            activity.interrupt(entry.caller());
        }
    }

    // Force, unblock, verdict

    /** Does what is due, and returns the nanoseconds until more is due, or Long.MAX_VALUE. */
    long advance() {
        List<StopEntry> leaked = new ArrayList<>(0);
        try {
            tree.lock.lock();
            try {
                return advance(leaked);
            } finally {
                tree.lock.unlock();
            }
        } finally {
            for (StopEntry entry : leaked) {
                logLeak(entry);
            }
        }
    }

    private long advance(List<StopEntry> leaked) {
        long now = System.nanoTime();
        for (StopEntry entry = agenda.takeDue(now); entry != null; entry = agenda.takeDue(now)) {
            Timetable.Due due = entry.poll(now);
            if (due != null && !entry.incarnation().isOver()) {
                if (!act(entry, due)) {
                    agenda.put(entry);
                } else if (!entry.isAwaited()) {
                    // Whoever waits logs it, and before the line that closes the stop: the JVM may end after that.
                    leaked.add(entry);
                }
            }
        }
        return agenda.nanosLeft();
    }

    /** Returns whether the verdict was that it leaked. */
    private boolean act(StopEntry entry, Timetable.Due due) {
        StopThreads hand = tree.stopThreads();
        Node node = entry.node();
        switch (due) {
            case FORCE -> {
                entry.incarnation().signal(true);
                hand.executeFirst(StopThreads.Job.of("The interrupt of", entry, () -> interrupt(entry)));
            }
            case UNBLOCK -> {
                for (StopHook hook : node.hooks(StopStage.UNBLOCK)) {
                    entry.reached(StopStage.UNBLOCK);
                    hand.execute(new HookJob(entry, hook, StopStage.UNBLOCK));
                }
            }
            case FIRST_SAMPLE -> hand.executeFirst(StopThreads.Job.of("A look at", entry, () -> entry.sample(false)));
            case LAST_SAMPLE -> hand.executeFirst(StopThreads.Job.of("A look at", entry, () -> entry.sample(true)));
            case VERDICT -> {
                Leak leak = entry.leak();
                // The signal may be late, and would not come to one who is given up on.
                entry.incarnation().releaseSelf();
                boolean leaked = entry.incarnation().giveUp(leak);
                if (leaked) {
                    entry.leaked(leak);
                    tree.events().leaked(node, entry.toReport());
                }
                return leaked;
            }
        }
        return false;
    }

    // Wait and report

    /** Only waits: no lock, no user code, no interrupt of anybody. */
    private void await(StopOperation operation, boolean fromInside) {
        Set<StopEntry> callers = fromInside ? operation.callers() : Set.of();
        boolean interrupted = Thread.interrupted();
        try {
            while (!operation.isDoneBut(callers)) {
                long left = operation.deadline() - System.nanoTime();
                LockSupport.parkNanos(operation, Math.max(left, Timetable.MARGIN));
                interrupted |= Thread.interrupted();
                if (left < -LONGEST_OVERRUN) {
                    log.error("{} has not settled long after its deadline; going on without", operation.target());
                    return;
                }
                if (left < -Timetable.MARGIN) {
                    // The watch should have given its verdict by now; a starved one must not keep us here.
                    advance();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private StopReport finish(StopOperation operation) {
        Node target = operation.target();
        StopReport report;
        boolean over;
        boolean mine;
        tree.lock.lock();
        try {
            report = operation.report();
            operation.leave(Thread.currentThread());
            over = operation.isDone();
            mine = !over || operation.claimLog();
            if (!over || operations.remove(target, operation)) {
                target.remember(report);
            }
        } finally {
            tree.lock.unlock();
        }
        if (mine) {
            for (StopEntry entry : operation.entries()) {
                if (entry.incarnation().isLeaked()) {
                    logLeak(entry);
                }
            }
            logSummary(target, report);
            tree.events().reported(report);
        }
        Incarnation incarnation = target.current();
        if (over && target.parent() == null && incarnation != null) {
            for (Thread service : tree.rootOver(incarnation)) {
                awaitBriefly(service);
            }
        }
        return report;
    }

    static void awaitBriefly(Thread service) {
        boolean interrupted = Thread.interrupted();
        try {
            if (service != Thread.currentThread()) {
                service.join(SERVICE_END_MILLIS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void logSummary(Node target, StopReport report) {
        if (!report.isClean()) {
            NodeLog.warn(log, target).log("{}: {}", target.path(), report.summary());
        } else if (target.parent() == null) {
            NodeLog.info(log, target).log("{}: {}", target.path(), report.summary());
        } else {
            NodeLog.debug(log, target).log("{}: {}", target.path(), report.summary());
        }
    }

    private static void logLeak(StopEntry entry) {
        if (!entry.claimLog()) {
            return;
        }
        StopReport.Entry report = entry.toReport();
        Node parent = entry.node().parent();
        Leak leak = report.leak();
        NodeLog.error(log, entry.node())
                .log(
                        "LEAKED {} (owned by {}, age {}, created at {}): {}{}",
                        entry.node(),
                        parent == null ? "nobody" : parent.path(),
                        Durations.format(report.age()),
                        report.createdAt(),
                        leak == null ? "it has no thread any more" : leak.describe(),
                        report.notes().stream()
                                .map(note -> "\n    note: " + NodeLog.oneLine(note))
                                .collect(joining()));
    }
}
