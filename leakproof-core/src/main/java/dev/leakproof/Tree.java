package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final Ticker ticker;
    private final StopThreads stopThreads;
    private final StopProtocol stopProtocol;
    private final Events events;

    Tree(Node root, TimeSource time, Duration slack) {
        this.root = root;
        this.ticker = new Ticker(
                "leakproof-ticker-" + root.name(), time, slack, task -> Threads.service("leakproof-ticker", task));
        this.stopProtocol = new StopProtocol(this);
        this.stopThreads = new StopThreads(root.name(), stopProtocol::advance);
        this.events = new Events(root.name());
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

    /** Starts {@code node} and what is attached below it. */
    void start(Node node) {
        lock.lock();
        try {
            startLocked(node);
        } finally {
            lock.unlock();
        }
    }

    /** Attaches {@code child} to {@code owner} if it is not there already, and starts it; all of it or nothing. */
    void adoptAndStart(Node owner, Node child, boolean passing) {
        lock.lock();
        try {
            Incarnation above = running(owner, child);
            boolean adopted = !owner.owns(child);
            if (adopted) {
                owner.adopt(child, passing);
            }
            if (!startLocked(child) && adopted) {
                owner.disown(child);
                throw refusal(child, owner, above.node().state());
            }
        } finally {
            lock.unlock();
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

    void disown(Node owner, Node child) {
        lock.lock();
        try {
            owner.disown(child);
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
            List<Thread> ending = new ArrayList<>(events.stop());
            ending.addAll(stopThreads.stop());
            ticker.stop();
            return ending;
        } finally {
            lock.unlock();
        }
    }

    private Incarnation running(Node owner, Node child) {
        Incarnation above = owner.current();
        if (above == null || !above.isOpen()) {
            throw refusal(child, owner, owner.state());
        }
        return above;
    }

    private static IllegalStateException refusal(Node child, Node owner, NodeState state) {
        return new IllegalStateException(
                "Cannot start '" + child.name() + "' in " + owner + ": expected it to be RUNNING, but it is " + state
                        + ", and what is started there would have no owner");
    }

    /** Returns false if the owner takes no more. */
    private boolean startLocked(Node node) {
        Incarnation last = node.current();
        if (last != null && !last.hasEnded()) {
            if (last.isLeaked()) {
                log.warn(
                        "{} is left out of this start: its last incarnation leaked and still runs, and it must not run"
                                + " twice",
                        node);
            }
            return true;
        }
        Node parent = node.parent();
        Incarnation above = parent == null ? null : running(parent, node);
        if (above != null && !above.hold()) {
            return false;
        }
        if (above == null) {
            ticker.start();
            stopThreads.start();
            events.start();
        }
        Incarnation incarnation = new Incarnation(node, above, this);
        node.begin(incarnation);
        events.started(node);
        node.launch(incarnation);
        for (Node child : node.childrenInOrder()) {
            startLocked(child);
        }
        return true;
    }
}
