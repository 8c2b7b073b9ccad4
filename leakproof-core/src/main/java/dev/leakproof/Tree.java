package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one tree shares: the lock over its structure, the ticker, the stop protocol with its threads, and the events.
 *
 * <p>The threads live as long as the root is live; a tree that was never started has none.
 */
final class Tree {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    /** Guards structure, starts and the timetable of stops. No user code runs and no thread is interrupted under it. */
    final TreeLock lock = new TreeLock();

    private final Node root;
    private final ThreadMaker threads;
    private final Launcher launcher;
    private final Ticker ticker;
    private final StopThreads stopThreads;
    private final StopProtocol stopProtocol;
    private final Events events;
    private final Observers observers = new Observers();
    private final @Nullable Consumer<NodeSnapshot> applicationCloser;

    /** The thread on which a stop was rehearsed, dead or alive. */
    private volatile @Nullable Thread rehearsal;

    /** Where the next pacemaker gets a place. Made for the first. Guarded by the lock. */
    private @Nullable PresentRuns presentRuns;

    Tree(
            Node root,
            TimeSource time,
            Duration slack,
            ThreadMaker threads,
            Duration patience,
            @Nullable Consumer<NodeSnapshot> applicationCloser) {
        this.root = root;
        this.threads = threads;
        this.applicationCloser = applicationCloser;
        this.launcher = new Launcher(root.name(), threads);
        this.ticker = new Ticker(
                "leakproof-ticker-" + root.name(),
                time,
                slack,
                task -> threads.service("leakproof-ticker", task),
                launcher::flush);
        this.stopProtocol = new StopProtocol(this);
        this.stopThreads = new StopThreads(root.name(), threads, stopProtocol::advance, patience);
        this.events = new Events(root.name(), threads);
    }

    ThreadMaker threads() {
        return threads;
    }

    Launcher launcher() {
        return launcher;
    }

    Ticker ticker() {
        return ticker;
    }

    StopThreads stopThreads() {
        return stopThreads;
    }

    StopProtocol stopProtocol() {
        return stopProtocol;
    }

    Events events() {
        return events;
    }

    /** Returns one that has a place left. With the lock held. */
    PresentRuns presentRuns() {
        PresentRuns latest = presentRuns;
        if (latest == null || latest.isFull()) {
            presentRuns = latest = new PresentRuns();
        }
        return latest;
    }

    Observers observers() {
        return observers;
    }

    /** Starts {@code node} and what is attached below it, and waits until it is ready. */
    void start(Node node) {
        List<Incarnation> started = new ArrayList<>();
        lock.lock();
        try {
            if (node.parent() == null && node != root) {
                throw node.noOwner();
            }
            startLocked(node, started);
        } finally {
            lock.unlock();
        }
        awaitReady(node, started);
    }

    /** Attaches {@code child} to {@code owner} if it is not there already, and starts it; all of it or nothing. */
    void adoptAndStart(Node owner, Node child, boolean passing) {
        List<Incarnation> started = new ArrayList<>();
        lock.lock();
        try {
            running(owner, child);
            boolean adopted = !owner.owns(child);
            if (adopted) {
                owner.adopt(child, passing);
            }
            boolean accepted = false;
            try {
                accepted = startLocked(child, started);
            } finally {
                if (!accepted && adopted) {
                    owner.disown(child);
                }
            }
            if (!accepted) {
                throw refusal("start", child.name(), owner);
            }
        } finally {
            lock.unlock();
        }
        awaitReady(child, started);
    }

    /** Has {@code ended} started again later if its node wants that and nothing speaks against it. */
    boolean restartLater(Incarnation ended, @Nullable Throwable cause) {
        Node node = ended.node();
        Duration delay;
        lock.lock();
        try {
            delay = ended.mayRestart() ? node.restartAfter(cause) : null;
            if (delay == null) {
                return false;
            }
            Backoff backoff = new Backoff(this, ended);
            // Scheduled first, so that whoever sees it back off can rely on that; to fire it takes the lock.
            ticker.schedule(backoff, ticker.nanoTime() + delay.toNanos());
            node.backOff(backoff, cause);
            ended.settled();
        } finally {
            lock.unlock();
        }
        NodeLog.warn(log, node)
                .log(
                        "{} has ended{} and is started again in {}",
                        node,
                        cause == null ? "" : " by " + NodeLog.oneLine(cause),
                        Durations.format(delay));
        events.backingOff(node, delay);
        return true;
    }

    /** Starts the next incarnation after a backoff. */
    void restart(Backoff backoff) {
        List<Incarnation> started = new ArrayList<>();
        Incarnation last = backoff.ended();
        Node node = last.node();
        lock.lock();
        try {
            if (node.backoff() != backoff) {
                return;
            }
            Incarnation above = last.parent();
            if (above == null || !above.isOpen()) {
                backoff.cancel();
                return;
            }
            node.backedOff(true);
            // The hold on the parent is handed on.
            begin(node, above, last, started);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns what closes the application, or stops the root if nobody said how that is done. Its thread is there at once
     * and no daemon, so that the JVM stays up from before the failure is known until the application is closed: otherwise
     * it could exit by itself first, as if all were well. If no thread can be had, the root is stopped.
     */
    Runnable applicationClose(Node culprit) {
        Consumer<NodeSnapshot> closer = applicationCloser;
        if (closer == null) {
            return () -> stopProtocol.cancel(root);
        }
        CompletableFuture<NodeSnapshot> ended = new CompletableFuture<>();
        try {
            Thread thread = threads.service("leakproof-escalation-" + root.name(), () -> closer.accept(ended.join()));
            thread.setDaemon(false);
            thread.start();
        } catch (Throwable e) {
            NodeLog.error(log, culprit)
                    .setCause(e)
                    .log("No thread can be had to close the application; {} is stopped", root);
            return () -> stopProtocol.cancel(root);
        }
        return () -> ended.complete(culprit.snapshotAlone());
    }

    void rehearseStop(ThreadKind workers) {
        Thread begun = StopRehearsal.begin(threads, workers);
        if (begun != null) {
            rehearsal = begun;
        }
    }

    void adopt(Node owner, Node child) {
        lock.lock();
        try {
            owner.adopt(child, false);
        } finally {
            lock.unlock();
        }
    }

    /** Stops {@code child} and takes it out of the tree; nobody starts it meanwhile. */
    StopReport remove(Node owner, Node child) {
        leave(child, true);
        try {
            StopReport report = child.stop();
            events.detached(child);
            lock.lock();
            try {
                owner.disown(child);
            } finally {
                lock.unlock();
            }
            return report;
        } finally {
            leave(child, false);
        }
    }

    private void leave(Node child, boolean leaving) {
        lock.lock();
        try {
            child.leave(leaving);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the node of an ended incarnation out of the tree, unless it has been started again meanwhile. */
    void forget(Incarnation ended) {
        Node node = ended.node();
        lock.lock();
        try {
            Node owner = node.parent();
            if (owner != null && node.current() == ended) {
                owner.disown(node);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the threads of the tree if this incarnation of the root is over, and nobody is still to report on it. Returns
     * those threads.
     */
    List<Thread> rootOver(Incarnation incarnation) {
        lock.lock();
        try {
            if (root.current() != incarnation || !incarnation.isOver() || stopProtocol.isAwaited(root)) {
                return List.of();
            }
            return endServices();
        } finally {
            lock.unlock();
        }
    }

    /** Starts the threads of the tree, all of them or none. */
    private void startServices() {
        LiveThreads.include(this);
        try {
            ticker.start();
            stopThreads.start();
            events.start();
        } catch (Throwable e) {
            endServices();
            throw e;
        }
    }

    private List<Thread> endServices() {
        List<Thread> ending = new ArrayList<>(events.stop());
        ending.addAll(stopThreads.stop());
        Thread rehearsing = rehearsal;
        if (rehearsing != null) {
            rehearsal = null;
            ending.add(rehearsing);
        }
        ticker.stop();
        return ending;
    }

    Node root() {
        return root;
    }

    /** Returns the threads that serve the tree itself. */
    List<Thread> serviceThreads() {
        Stream<@Nullable Thread> threads =
                Stream.of(ticker.thread(), stopThreads.watch(), stopThreads.hand(), events.thread(), rehearsal);
        return threads.filter(Objects::nonNull).toList();
    }

    private Incarnation running(Node owner, Node child) {
        Incarnation above = owner.current();
        if (above == null || !above.isOpen()) {
            throw refusal("start", child.name(), owner);
        }
        return above;
    }

    static IllegalStateException refusal(String what, String child, Node owner) {
        return new IllegalStateException("Cannot " + what + " '" + child + "' in " + owner
                + ": expected it to be RUNNING, but it is " + owner.state()
                + ", and what is started there would have no owner");
    }

    /** Returns false if the owner takes no more. */
    private boolean startLocked(Node node, List<Incarnation> started) {
        if (node.isPaused() || node.isLeaving() || node.backoff() != null) {
            return true;
        }
        Incarnation last = node.current();
        if (last != null && !last.isSettled()) {
            NodeState state = node.state();
            if (state == NodeState.LEAKED) {
                NodeLog.warn(log, node)
                        .log(
                                "{} is left out of this start: its last incarnation leaked and still runs, and it must"
                                        + " not run twice",
                                node);
            }
            if (state.isLive() || state == NodeState.LEAKED) {
                if (state == NodeState.LEAKED && node.parent() != null) {
                    noteLeakBelow(node.parent().current());
                }
                return true;
            }
            // Its end is published, and is settled by the next instruction of the thread that did so.
            while (!last.isSettled()) {
                Thread.onSpinWait();
            }
        }
        Node parent = node.parent();
        Incarnation above = parent == null ? null : running(parent, node);
        if (above != null && !above.hold()) {
            return false;
        }
        if (above == null) {
            startServices();
        }
        begin(node, above, null, started);
        return true;
    }

    /** What has leaked before still runs below, whichever incarnation it is of. */
    private static void noteLeakBelow(@Nullable Incarnation first) {
        for (Incarnation above = first; above != null; above = above.parent()) {
            above.noteLeakBelow();
        }
    }

    /** @param past the one that this is to follow after a backoff, or null */
    private void begin(Node node, @Nullable Incarnation above, @Nullable Incarnation past, List<Incarnation> started) {
        Incarnation incarnation = new Incarnation(node, above, this);
        if (past != null) {
            incarnation.follow(past);
        }
        started.add(incarnation);
        node.begin(incarnation);
        events.started(node);
        node.launch(incarnation);
        for (Node child : node.childrenInOrder()) {
            if (!child.isDynamic()) {
                startLocked(child, started);
            } else if (child.isAtRest()) {
                // It was paused, or is about to go.
                node.disown(child);
            } else {
                noteLeakBelow(incarnation);
            }
        }
    }

    private static void awaitReady(Node top, List<Incarnation> started) {
        for (Incarnation incarnation : started) {
            Node node = incarnation.node();
            Duration limit = node.awaitReady();
            if (limit == null) {
                continue;
            }
            Throwable cause;
            try {
                if (incarnation.awaitReady(limit)) {
                    continue;
                }
                cause = incarnation.failure();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                cause = e;
            }
            top.stop();
            String why = cause == null ? " within " + Durations.format(limit) : ": " + cause;
            throw new NotReadyException(
                    node.path(), node + " was not ready" + why + ". Its body says so with ctx.ready()", cause);
        }
    }
}
