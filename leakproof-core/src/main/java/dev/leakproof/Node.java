package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
abstract class Node implements TreeNode {

    private static final Duration ROOT_STOP_TIMEOUT = Duration.ofSeconds(12);
    static final int MOST_GROUPS_SHOWN = 100;
    private static final AtomicReferenceFieldUpdater<Node, Node> PARENT =
            AtomicReferenceFieldUpdater.newUpdater(Node.class, Node.class, "parent");

    private static final Object ADOPTION = new Object();

    private static final Comparator<Node> BY_ORDER = (one, other) -> Integer.compare(one.order, other.order);

    private final String name;
    private final NodeKind kind;
    private volatile Policy policy;
    private final String createdAt;

    /** That of its first start: from then on, for as long as it has an owner, nothing above it changes. */
    private volatile @Nullable String path;

    private volatile @Nullable Node parent;
    private volatile @Nullable Map<String, Node> children;
    private volatile Status status = Status.NEW;
    private volatile @Nullable Incarnation current;
    private volatile long starts;
    private volatile long stops;
    private volatile @Nullable StopReport lastReport;
    private volatile boolean paused;
    private volatile @Nullable Backoff backoff;
    private volatile long restarts;
    private int order;
    private boolean dynamic;
    private boolean leaving;

    Node(String name, NodeKind kind, Policy policy, String createdAt) {
        this.name = name;
        this.kind = kind;
        this.policy = policy;
        this.createdAt = createdAt;
    }

    // What every node offers

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String path() {
        String known = path;
        return known == null || lastOwner() == null ? pathFromAbove() : known;
    }

    private String pathFromAbove() {
        Node above = parent;
        return above == null ? name : above.path() + "/" + name;
    }

    /**
     * Returns its owner, if only the last one: what was taken out of the tree since it, or something below it, was given up
     * on still runs.
     */
    final @Nullable Node lastOwner() {
        Node above = parent;
        if (above != null) {
            return above;
        }
        Incarnation last = current;
        Incarnation aboveLast = last != null && (last.isLeaked() || last.hasLeakBelow()) ? last.parent() : null;
        return aboveLast == null ? null : aboveLast.node();
    }

    @Override
    public final NodeKind kind() {
        return kind;
    }

    @Override
    public final NodeState state() {
        return status.state();
    }

    @Override
    public final NodeSnapshot snapshot() {
        List<NodeSnapshot> below = new ArrayList<>();
        for (Node child : childrenInOrder()) {
            below.add(child.snapshot());
        }
        for (TaskGroup<?> group : openGroups()) {
            below.add(group.snapshot());
        }
        return snapshot(below, detailsWithGroups());
    }

    @Override
    public final void start() {
        Tree tree = tree();
        if (tree == null) {
            throw noOwner();
        }
        tree.start(this);
    }

    final IllegalStateException noOwner() {
        return new IllegalStateException("Expected " + this + " to have an owner, but it has none: use Owner.start("
                + name + ") to give it one");
    }

    @Override
    public final void cancel() {
        Tree tree = tree();
        if (tree != null) {
            tree.stopProtocol().cancel(this);
        }
    }

    @Override
    public final boolean await(Duration timeout) throws InterruptedException {
        Incarnation incarnation = current;
        if (incarnation == null) {
            return true;
        }
        boolean ended = incarnation.await(Durations.notNegative("The timeout of await", timeout));
        return ended && !Objects.requireNonNull(current).hasLeakBelow();
    }

    @Override
    public final StopReport stop() {
        return stopWithin(null);
    }

    @Override
    public final StopReport stop(Duration timeout) {
        return stopWithin(Durations.positive("The timeout of a stop", timeout));
    }

    @Override
    public final void force() {
        Tree tree = tree();
        if (tree != null) {
            tree.stopProtocol().force(this);
        }
    }

    @Override
    public final StopReport pause() {
        paused = true;
        StopReport report = stop();
        showPaused();
        return report;
    }

    @Override
    public final void resume() {
        if (paused) {
            paused = false;
            try {
                start();
            } catch (IllegalStateException e) {
                paused = true;
                showPaused();
                throw e;
            }
        }
    }

    @Override
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

    /** Returns what guards its state. Never itself: whoever uses it may synchronize on it. */
    abstract Object monitor();

    /** Begins the work of a new incarnation, with the tree's lock held: never runs a body itself. */
    abstract void launch(Incarnation incarnation);

    /** It was told to stop. As a rule on a stop thread. */
    void signalled() {}

    /** It has ended for good, by itself or in time; on its last thread. */
    void ended() {}

    abstract String id();

    abstract String schedule();

    abstract @Nullable RunStats runStats();

    abstract @Nullable Progress progress();

    abstract Map<String, Object> details();

    abstract List<StopHook> hooks(StopStage stage);

    /** Returns how long after an end that nobody asked for it is to be started again, or null if not at all. */
    abstract @Nullable Duration restartAfter(@Nullable Throwable cause);

    /**
     * Returns what follows, once it is over, an end for good that nobody asked for; asked just before that is known. No
     * lock is held.
     */
    abstract Runnable escalation(Tree tree, @Nullable Throwable cause);

    /** How long a start waits for it to be ready; null if it does not. */
    abstract @Nullable Duration awaitReady();

    // Policy

    final Policy policy() {
        return policy;
    }

    final String createdAt() {
        return createdAt;
    }

    final Duration effectiveStopTimeout() {
        Duration timeout = policy.stopTimeout();
        for (Node above = parent; timeout == null && above != null; above = above.parent) {
            timeout = above.stopTimeoutFor(kind);
        }
        return timeout != null ? timeout : ROOT_STOP_TIMEOUT;
    }

    /** Returns what something of that kind below gets to stop if nothing nearer to it says so; null if this does not. */
    @Nullable
    Duration stopTimeoutFor(NodeKind below) {
        return policy.stopTimeout();
    }

    /** Returns when what loops below is started again if nothing nearer to it says so; null if this does not. */
    @Nullable
    RestartPolicy restartBelow() {
        return null;
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

    final ContextCapture effectiveContext() {
        Node above = parent;
        ContextCapture own = policy.context();
        return own != null ? own : above != null ? above.effectiveContext() : ContextCapture.mdc();
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

    /** Returns them as a list of the caller's own. */
    final List<Node> childrenInOrder() {
        Map<String, Node> map = children;
        if (map == null || map.isEmpty()) {
            return List.of();
        }
        List<Node> inOrder = new ArrayList<>(map.values());
        inOrder.sort(BY_ORDER);
        return inOrder;
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
        // Two owners without a tree in common could otherwise adopt each other.
        synchronized (ADOPTION) {
            adoptAlone(child, passing);
        }
    }

    private void adoptAlone(Node child, boolean passing) {
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
            throw new IllegalStateException("Cannot attach " + child + " to " + this
                    + ": it was started before, as a root or below another owner; build a new one");
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

    /**
     * Takes over the policy and the children of {@code other}, which goes, in place of its own.
     *
     * @param rest takes over what else there is, once it is settled that this may be
     * @throws IllegalStateException if this has an owner already; nothing has changed then
     */
    final void becomeLike(Node other, Runnable rest) {
        synchronized (ADOPTION) {
            if (parent != null || current != null) {
                throw new IllegalStateException(
                        "Cannot change " + this + ", which has an owner already: change it before");
            }
            rest.run();
            policy = other.policy;
            children = null;
            for (Node child : other.childrenInOrder()) {
                other.disown(child);
                adoptAlone(child, false);
            }
        }
    }

    /** Undoes {@link #adopt}. */
    final void disown(Node child) {
        Map<String, Node> map = children;
        if (map != null && map.remove(child.name, child)) {
            child.parent = null;
        }
    }

    /** Places it below {@code owner} without making it one of its children: for what comes and goes by itself. */
    final void standBelow(Node owner, @Nullable Incarnation incarnation, Instant since) {
        parent = owner;
        current = incarnation;
        starts = 1;
        status = Status.running(since);
    }

    /** Returns the groups that are open here, or the first hundred; if there are more, the details count them. */
    List<TaskGroup<?>> openGroups() {
        Incarnation incarnation = current;
        return incarnation == null ? List.of() : incarnation.groups().list(MOST_GROUPS_SHOWN);
    }

    /** Whether {@code child} is one of this node's. */
    final boolean owns(Node child) {
        return child.parent == this;
    }

    /** Says whether it is being taken out of the tree, with the tree's lock held. */
    final void leave(boolean now) {
        leaving = now;
    }

    final boolean isLeaving() {
        return leaving;
    }

    /** Whether nothing of it runs. */
    final boolean isAtRest() {
        Incarnation last = current;
        return last == null || last.isSettled();
    }

    /** Whether it works, or is to work again: after a backoff, or once it is resumed. */
    final boolean isServing() {
        Incarnation last = current;
        return paused
                || status.state() == NodeState.BACKING_OFF
                || (last != null && !last.isOver() && !last.isStopping());
    }

    /** Whether it goes when its incarnation ends. */
    final boolean isDynamic() {
        return dynamic;
    }

    // Lifecycle, driven by the tree, the incarnation and the stop protocol

    final @Nullable Incarnation current() {
        return current;
    }

    final void begin(Incarnation incarnation) {
        synchronized (monitor()) {
            if (path == null) {
                path = pathFromAbove();
            }
            starts++;
            current = incarnation;
            status = Status.of(NodeState.STARTING);
        }
    }

    /** Publishes {@code next} unless the node has moved past it already, as it has in all runs but the first. */
    final void advance(NodeState next) {
        if (isBefore(next)) {
            synchronized (monitor()) {
                if (isBefore(next)) {
                    status = Status.of(next);
                }
            }
        }
    }

    private boolean isBefore(NodeState next) {
        NodeState now = status.state();
        return now.isLive() && now.compareTo(next) < 0;
    }

    final void end(Status terminal, boolean reallyEnded) {
        synchronized (monitor()) {
            status = terminal;
            if (reallyEnded) {
                stops++;
            }
            showPaused();
        }
    }

    /** Publishes that {@code incarnation} was given up on, unless it has ended after all: that comes last then. */
    final void giveUpOn(Incarnation incarnation, Status leaked) {
        synchronized (monitor()) {
            if (incarnation.isAlive()) {
                end(leaked, false);
            }
        }
    }

    final boolean isPaused() {
        return paused;
    }

    private void showPaused() {
        synchronized (monitor()) {
            NodeState now = status.state();
            if (paused && (now == NodeState.NEW || now == NodeState.STOPPED || now == NodeState.FAILED)) {
                status = Status.paused(status.failure());
            }
        }
    }

    /** The restart that it waits for, or null. Written with the tree's lock held. */
    final @Nullable Backoff backoff() {
        return backoff;
    }

    final void backOff(Backoff pending, @Nullable Throwable cause) {
        synchronized (monitor()) {
            backoff = pending;
            stops++;
            status = Status.backingOff(cause);
        }
    }

    /** Its backoff is over: it is started again, or has been told to stop meanwhile. */
    final void backedOff(boolean restarted) {
        synchronized (monitor()) {
            backoff = null;
            if (restarted) {
                restarts++;
            } else {
                status = Status.of(NodeState.STOPPED);
                showPaused();
            }
        }
    }

    final void remember(StopReport report) {
        lastReport = report;
    }

    /** Returns this node alone, and without its details, which are not ours to ask for under a lock. */
    final NodeSnapshot snapshotAlone() {
        return snapshot(List.of(), Map.of());
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

    private NodeSnapshot snapshot(List<NodeSnapshot> below, Map<String, Object> details) {
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
                restarts,
                createdAt,
                ExitStory.of(this),
                effectiveStopMode(),
                effectiveStopTimeout(),
                schedule(),
                runStats(),
                progress(),
                incarnation == null ? null : incarnation.threadName(),
                now.failure(),
                now.leak(),
                details,
                below);
    }

    private Map<String, Object> detailsWithGroups() {
        Incarnation incarnation = current;
        int groups = incarnation == null ? 0 : incarnation.groups().size();
        if (groups <= MOST_GROUPS_SHOWN) {
            return details();
        }
        Map<String, Object> details = new HashMap<>(details());
        details.put("openGroups", groups);
        return details;
    }
}
