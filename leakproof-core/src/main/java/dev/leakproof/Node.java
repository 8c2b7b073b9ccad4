package dev.leakproof;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree: a name that lasts, and one {@link Incarnation} after the other.
 *
 * <p>The structure (parents, children, starts) changes under the lock of the tree; everything is read without it.
 */
abstract class Node {

    private static final Duration ROOT_STOP_TIMEOUT = Duration.ofSeconds(12);
    private static final AtomicReferenceFieldUpdater<Node, Node> PARENT =
            AtomicReferenceFieldUpdater.newUpdater(Node.class, Node.class, "parent");

    private final String name;
    private final NodeKind kind;
    private final Policy policy;
    private final String createdAt;

    private volatile @Nullable Node parent;
    private volatile @Nullable Map<String, Node> children;
    private volatile Status status = Status.NEW;
    private volatile @Nullable Incarnation current;
    private volatile long starts;
    private volatile long stops;
    private volatile @Nullable StopReport lastReport;
    private int order;
    private boolean dynamic;

    Node(String name, NodeKind kind, Policy policy, String createdAt) {
        this.name = name;
        this.kind = kind;
        this.policy = policy;
        this.createdAt = createdAt;
    }

    // What every node offers

    /** Returns the last part of the path. */
    public final String name() {
        return name;
    }

    /** Returns the names from the root down to this, joined by slashes; only the name while it has no owner. */
    public final String path() {
        Node above = parent;
        return above == null ? name : above.path() + "/" + name;
    }

    /** Returns the state. Never blocks. */
    public final NodeState state() {
        return status.state();
    }

    /** Returns this and everything below it as it is now. Never blocks; costs about a microsecond a node. */
    public final NodeSnapshot snapshot() {
        return snapshot(childrenInOrder().stream().map(Node::snapshot).toList());
    }

    /**
     * Starts this and everything attached below it; does nothing where it runs already. After a stop, a new incarnation
     * begins. What is still {@link NodeState#LEAKED} from its last one is left out, with a warning.
     *
     * @throws IllegalStateException if its owner is not running, or it has none and is not a root
     */
    public final void start() {
        Tree tree = tree();
        if (tree == null) {
            throw new IllegalStateException("Expected " + this + " to have an owner, but it has none: use Owner.start("
                    + name + ") to give it one");
        }
        tree.start(this);
    }

    /**
     * Signals this and everything below it to stop, and returns without waiting; its stop timeout runs from now. Does
     * nothing where there is nothing to stop.
     */
    public final void cancel() {
        Tree tree = tree();
        if (tree != null) {
            tree.stopProtocol().cancel(this);
        }
    }

    /**
     * Waits until this and everything below it has really ended. Does not tell anything to stop.
     *
     * @param timeout how long to wait at most
     * @return true if it has ended, or was never started; false if the time was up, or something leaked
     * @throws InterruptedException if interrupted while waiting
     */
    public final boolean await(Duration timeout) throws InterruptedException {
        Incarnation incarnation = current;
        return incarnation == null || incarnation.await(Durations.notNegative("The timeout of await", timeout));
    }

    /**
     * Stops this and everything below it within its stop timeout: signals from the top down, waits from the bottom up,
     * reports what did not end, and returns.
     *
     * <p>The calling thread only waits; it cannot be interrupted, and gets its interrupt flag back. A call from inside a
     * worker waits neither for that worker nor for what owns it. Concurrent calls share one stop and its report.
     *
     * @return what became of every node; the last report if there was nothing to stop
     */
    public final StopReport stop() {
        return stopWithin(null);
    }

    /**
     * Stops as {@link #stop()} does, within the given time.
     *
     * @param timeout for this and everything below it, longer than zero
     * @return what became of every node
     */
    public final StopReport stop(Duration timeout) {
        return stopWithin(Durations.positive("The timeout of a stop", timeout));
    }

    /** Cuts a graceful stop short, or begins one without grace: everything is cancelled and interrupted now. */
    public final void force() {
        Tree tree = tree();
        if (tree != null) {
            tree.stopProtocol().force(this);
        }
    }

    /** The same as {@link #stop()}; returns at once where there is nothing to stop. */
    public final void close() {
        stop();
    }

    /** Returns what it is and its path, such as {@code worker 'app/orderRelay/relay'}. */
    @Override
    public final String toString() {
        return kind.label() + " '" + path() + "'";
    }

    // What the kinds answer

    /** Whether it runs a body, rather than only holding children. */
    abstract boolean hasBody();

    /** Begins the work of a new incarnation, with the tree's lock held: never runs a body itself. */
    abstract void launch(Incarnation incarnation);

    abstract String id();

    abstract String schedule();

    abstract @Nullable RunStats runStats();

    abstract Map<String, Object> details();

    abstract List<StopHook> hooks(StopStage stage);

    // Policy

    final Policy policy() {
        return policy;
    }

    final NodeKind kind() {
        return kind;
    }

    final String createdAt() {
        return createdAt;
    }

    final Duration effectiveStopTimeout() {
        Node above = parent;
        Duration own = policy.stopTimeout();
        return own != null ? own : above != null ? above.effectiveStopTimeout() : ROOT_STOP_TIMEOUT;
    }

    final StopMode effectiveStopMode() {
        Node above = parent;
        StopMode own = policy.stopMode();
        return own != null ? own : above != null ? above.effectiveStopMode() : StopMode.INTERRUPT;
    }

    final ThreadKind effectiveThreads() {
        Node above = parent;
        ThreadKind own = policy.threads();
        return own != null ? own : above != null ? above.effectiveThreads() : ThreadKind.PLATFORM;
    }

    // Structure

    final @Nullable Node parent() {
        return parent;
    }

    /** Returns the tree of the root above, or null if that is not an owner. */
    final @Nullable Tree tree() {
        Node node = this;
        for (Node above = node.parent; above != null; above = node.parent) {
            node = above;
        }
        return node instanceof Owner root ? root.ownTree() : null;
    }

    final List<Node> childrenInOrder() {
        Map<String, Node> map = children;
        if (map == null || map.isEmpty()) {
            return List.of();
        }
        return map.values().stream()
                .sorted(Comparator.comparingInt(child -> child.order))
                .toList();
    }

    final @Nullable Node childNamed(String childName) {
        Map<String, Node> map = children;
        return map == null ? null : map.get(childName);
    }

    /**
     * Makes {@code child} one of this node's, with the tree's lock held. Nothing has changed if it throws.
     *
     * @param passing whether it goes when its incarnation ends, rather than staying to be started again
     */
    final void adopt(Node child, boolean passing) {
        for (Node above = this; above != null; above = above.parent) {
            if (above == child) {
                throw new IllegalArgumentException(
                        "Cannot attach " + child + " below itself: it already owns " + this + " or is the same");
            }
        }
        Node owner = child.parent;
        if (owner != null) {
            throw new IllegalStateException("Cannot attach '" + child.name + "' to " + this + ": it is owned by "
                    + owner + " already, and a node has one owner");
        }
        if (child.current != null) {
            throw new IllegalStateException(
                    "Cannot attach " + child + " to " + this + ": it is a root that was started already");
        }
        Map<String, Node> map = children;
        if (map == null) {
            children = map = new ConcurrentHashMap<>();
        }
        if (map.containsKey(child.name)) {
            throw new IllegalArgumentException(this + " has a child named '" + child.name
                    + "' already: names of siblings must differ, give one of them another");
        }
        if (!PARENT.compareAndSet(child, null, this)) {
            throw new IllegalStateException(
                    "Cannot attach '" + child.name + "' to " + this + ": it has been attached elsewhere meanwhile");
        }
        child.order = order++;
        child.dynamic = passing;
        map.put(child.name, child);
    }

    /** Undoes {@link #adopt}. */
    final void disown(Node child) {
        Map<String, Node> map = children;
        if (map != null && map.remove(child.name, child)) {
            child.parent = null;
        }
    }

    /** Whether {@code child} is one of this node's. */
    final boolean owns(Node child) {
        return child.parent == this;
    }

    /** Whether it goes when its incarnation ends. */
    final boolean isDynamic() {
        return dynamic;
    }

    // Lifecycle, driven by the tree, the incarnation and the stop protocol

    final @Nullable Incarnation current() {
        return current;
    }

    final synchronized void begin(Incarnation incarnation) {
        starts++;
        current = incarnation;
        status = Status.of(NodeState.STARTING);
    }

    final void publish(Status next) {
        status = next;
    }

    /** Publishes {@code next} unless the node has moved past it already. */
    final synchronized void advance(NodeState next) {
        NodeState now = status.state();
        if (now.isLive() && now.compareTo(next) < 0) {
            status = Status.of(next);
        }
    }

    final synchronized void end(Status terminal, boolean reallyEnded) {
        status = terminal;
        if (reallyEnded) {
            stops++;
        }
    }

    final void remember(StopReport report) {
        lastReport = report;
    }

    /** Returns this node alone. */
    final NodeSnapshot snapshotAlone() {
        return snapshot(List.of());
    }

    private StopReport stopWithin(@Nullable Duration timeout) {
        Tree tree = tree();
        StopReport report = tree == null ? null : tree.stopProtocol().stop(this, timeout);
        if (report == null) {
            report = lastReport;
        }
        return report != null
                ? report
                : new StopReport(
                        path(),
                        Objects.requireNonNullElse(timeout, effectiveStopTimeout()),
                        Duration.ZERO,
                        List.of(),
                        List.of());
    }

    private NodeSnapshot snapshot(List<NodeSnapshot> below) {
        Status now = status;
        Incarnation incarnation = current;
        return new NodeSnapshot(
                path(),
                name,
                id(),
                kind,
                now.state(),
                now.since(),
                starts,
                stops,
                createdAt,
                ExitStory.of(this),
                effectiveStopMode(),
                effectiveStopTimeout(),
                schedule(),
                runStats(),
                incarnation == null ? null : incarnation.threadName(),
                now.failure(),
                now.leak(),
                details(),
                below);
    }
}
