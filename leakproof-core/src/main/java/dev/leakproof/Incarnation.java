package dev.leakproof;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One life of a node, from its start to its end.
 *
 * <p>It counts what keeps it alive in one word: itself, its running body, and its children. Whoever takes the count to
 * zero ends it and goes on at the parent, so nothing has to wait for children.
 */
final class Incarnation implements GroupHost {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    private static final AtomicReferenceFieldUpdater<Incarnation, Activity> ACTIVITY =
            AtomicReferenceFieldUpdater.newUpdater(Incarnation.class, Activity.class, "activity");

    private static final AtomicReferenceFieldUpdater<Incarnation, CountDownLatch> ENDED =
            AtomicReferenceFieldUpdater.newUpdater(Incarnation.class, CountDownLatch.class, "ended");

    private static final AtomicReferenceFieldUpdater<Incarnation, IncarnationExtras> EXTRAS =
            AtomicReferenceFieldUpdater.newUpdater(Incarnation.class, IncarnationExtras.class, "extras");

    private static final CountDownLatch OVER = new CountDownLatch(0);

    private static final AtomicIntegerFieldUpdater<Incarnation> WORD =
            AtomicIntegerFieldUpdater.newUpdater(Incarnation.class, "word");

    /** Nothing more may be started in it. */
    private static final int CLOSED = 1 << 30;
    /** Its verdict was that it leaked; it no longer counts at its parent. */
    private static final int LEAKED = 1 << 29;
    /** It counts itself: it may get more to do. */
    private static final int SELF = 1 << 28;

    private static final int COUNT = SELF - 1;

    private final Node node;
    private final @Nullable Incarnation parent;
    private final Tree tree;
    private final long startedNanos;
    private final long beganAt;

    /**
     * Made by the first that waits for its end, if anybody does, or for the one that follows it after a backoff, which has
     * the same; {@link #OVER} from its end for good on.
     */
    private volatile @Nullable CountDownLatch ended;

    private volatile int word = SELF | 1;
    private volatile boolean stopping;
    private volatile boolean cancelled;
    private volatile boolean leakedBelow;

    /** Made with the first group, or a verdict: most have neither. */
    private volatile @Nullable IncarnationExtras extras;

    private volatile @Nullable Activity activity;
    private volatile @Nullable Pacemaker pacemaker;
    private volatile @Nullable Throwable failure;
    private volatile boolean ready;
    private volatile boolean settled;

    /** Whether a stop came, if only after it had ended. Guarded by the tree's lock. */
    private boolean stopRequested;

    /** Opened when it is ready, or has ended without. Null unless somebody may wait for it. */
    private final @Nullable CountDownLatch readiness;

    /** Its part in a stop. Written with the tree's lock held. */
    private volatile @Nullable StopEntry stop;

    Incarnation(Node node, @Nullable Incarnation parent, Tree tree) {
        this(node, parent, tree, System.nanoTime());
    }

    Incarnation(Node node, @Nullable Incarnation parent, Tree tree, long startedNanos) {
        this.startedNanos = startedNanos;
        this.node = node;
        this.parent = parent;
        this.tree = tree;
        this.beganAt = tree.ticker().nanoTime();
        this.readiness = node.awaitReady() == null ? null : new CountDownLatch(1);
    }

    Node node() {
        return node;
    }

    Tree tree() {
        return tree;
    }

    /** Returns when it began, by the tree's time. */
    long beganAt() {
        return beganAt;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    // What keeps it alive

    /** Takes one more hold on it, for a run or a child; false if it is closed or over. */
    boolean hold() {
        while (true) {
            int now = word;
            if ((now & CLOSED) != 0 || (now & COUNT) == 0) {
                return false;
            }
            if (WORD.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
    }

    /** Takes one more hold on it for something that one who has a hold does, even if it is closed. */
    void extend() {
        WORD.incrementAndGet(this);
    }

    /** Gives back one hold. */
    void release() {
        released(WORD.decrementAndGet(this));
    }

    /** Gives back its hold on itself, once: from now on it ends with the last run or child. */
    void releaseSelf() {
        while (true) {
            int now = word;
            if ((now & SELF) == 0) {
                return;
            }
            int next = (now & ~SELF) - 1;
            if (WORD.compareAndSet(this, now, next)) {
                released(next);
                return;
            }
        }
    }

    /** Refuses whatever would start in it from now on. */
    void shut() {
        int now;
        do {
            now = word;
        } while (!WORD.compareAndSet(this, now, now | CLOSED));
    }

    boolean isOpen() {
        int now = word;
        return (now & CLOSED) == 0 && (now & COUNT) != 0;
    }

    /** Whether something still keeps it alive, if only after it was given up on. */
    boolean isAlive() {
        return (word & COUNT) != 0;
    }

    /** Whether it has ended and all that follows from that has been decided: only then may the next one begin. */
    boolean isSettled() {
        return settled;
    }

    boolean isLeaked() {
        return (word & LEAKED) != 0;
    }

    /** Whether its end has been declared, one way or the other. */
    boolean isOver() {
        return settled || isLeaked();
    }

    /** Waits until it has ended for good, and with it those that follow it after a backoff. */
    boolean await(Duration timeout) throws InterruptedException {
        return end().await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private CountDownLatch end() {
        if (ended == null) {
            ENDED.compareAndSet(this, null, new CountDownLatch(1));
        }
        return Objects.requireNonNull(ended);
    }

    /** It is what {@code past} is started again as: whoever waits for the end of that waits for its. Before it begins. */
    void follow(Incarnation past) {
        ended = past.end();
    }

    /** Lets go whoever waits for its end. */
    void endForGood() {
        CountDownLatch awaited = ENDED.getAndSet(this, OVER);
        if (awaited != null) {
            awaited.countDown();
        }
    }

    // Readiness

    void ready() {
        ready = true;
        openReadiness();
    }

    /** Waits until it is ready, has ended, or the time that it gets for that is over. Returns whether it is ready. */
    boolean awaitReady(Duration limit) throws InterruptedException {
        CountDownLatch latch = readiness;
        if (latch != null) {
            latch.await(startedNanos + limit.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return ready;
    }

    private void openReadiness() {
        CountDownLatch latch = readiness;
        if (latch != null) {
            latch.countDown();
        }
    }

    // The two signals

    @Override
    public boolean isStopping() {
        return stopping;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    /** Tells it to take no new work, and to give up if {@code now}. Wakes it, but interrupts nobody. */
    void signal(boolean now) {
        if (now) {
            cancelled = true;
        }
        boolean first = !stopping;
        stopping = true;
        if (first) {
            node.signalled();
        }
        Pacemaker pacing = pacemaker;
        if (pacing != null) {
            pacing.stop();
        }
        Activity active = activity();
        if (active != null) {
            active.wake();
        }
    }

    // Its work

    @Nullable
    Activity activity() {
        Pacemaker pacing = pacemaker;
        return pacing == null ? activity : pacing.present();
    }

    void running(Activity active) {
        Pacemaker pacing = pacemaker;
        if (pacing == null) {
            activity = active;
        } else {
            pacing.began(active);
        }
    }

    /** {@code past} has ended: it and its thread are not held on to. The next may have begun. */
    void ran(Activity past) {
        Pacemaker pacing = pacemaker;
        if (pacing == null) {
            ACTIVITY.compareAndSet(this, past, null);
        } else {
            pacing.ended(past);
        }
    }

    @Nullable
    Pacemaker pacemaker() {
        return pacemaker;
    }

    void pacedBy(Pacemaker pacing) {
        pacemaker = pacing;
    }

    @Nullable
    String threadName() {
        Activity active = activity();
        return active == null || active.hasEnded() ? null : active.threadName();
    }

    // The groups that are open in it, or in its run

    @Override
    public void admit(TaskGroup<?> group) {
        if (!hold()) {
            throw Tree.refusal("open", group.name(), node);
        }
        add(group);
    }

    /** Takes in a group that has a hold already. */
    void add(TaskGroup<?> group) {
        makeExtras().groups.add(group);
        if (stop != null) {
            // It may have come too late to be seen by those who stop this.
            tree.stopProtocol().stopLate(group);
        }
    }

    @Override
    public OpenGroups groups() {
        IncarnationExtras known = extras;
        return (known == null ? IncarnationExtras.NONE : known).groups;
    }

    OpeningLines openingLines() {
        return makeExtras().openingLines();
    }

    private IncarnationExtras makeExtras() {
        if (extras == null) {
            EXTRAS.compareAndSet(this, null, new IncarnationExtras());
        }
        return Objects.requireNonNull(extras);
    }

    @Override
    public Incarnation incarnation() {
        return this;
    }

    @Override
    public @Nullable WorkerContext context() {
        return null;
    }

    @Override
    public String path() {
        return node.path();
    }

    @Override
    public long nanosLeft() {
        StopEntry entry = stop;
        return entry == null ? Long.MAX_VALUE : entry.deadline() - System.nanoTime();
    }

    /** Ends it as failed: nothing more is begun, and what it has started is told to stop. */
    void fail(Throwable cause) {
        failure = cause;
        shut();
        Pacemaker pacing = pacemaker;
        if (pacing != null) {
            pacing.stop();
        }
        node.advance(NodeState.STOPPING);
        tree.stopProtocol().cancelChildren(node);
        releaseSelf();
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    // Its end

    /** Something below still runs though its end was given up on: nobody may say that all has ended. */
    void noteLeakBelow() {
        leakedBelow = true;
    }

    boolean hasLeakBelow() {
        return leakedBelow;
    }

    /** It is not to be started again by itself. With the tree's lock held. */
    void forbidRestart() {
        stopRequested = true;
    }

    boolean mayRestart() {
        Incarnation above = parent;
        return !stopRequested && above != null && above.isOpen();
    }

    @Nullable
    Incarnation parent() {
        return parent;
    }

    @Nullable
    StopEntry stop() {
        return stop;
    }

    void stoppedBy(StopEntry entry) {
        stop = entry;
        if (settled) {
            entry.ended();
        }
    }

    /** Declares it leaked, unless it has ended by now; it no longer keeps its parent from ending. */
    boolean giveUp(@Nullable Leak leak) {
        while (true) {
            int now = word;
            if ((now & COUNT) == 0 || (now & LEAKED) != 0) {
                return false;
            }
            // Before: it may end right after.
            makeExtras().verdictNanos = System.nanoTime();
            if (WORD.compareAndSet(this, now, now | LEAKED | CLOSED)) {
                break;
            }
        }
        node.giveUpOn(this, Status.leaked(leak));
        for (Incarnation above = parent; above != null; above = above.parent) {
            above.noteLeakBelow();
        }
        releaseParent();
        return true;
    }

    private void released(int now) {
        if ((now & COUNT) == 0) {
            if ((now & LEAKED) != 0) {
                endLate();
            } else {
                endInTime();
            }
        }
    }

    private void endInTime() {
        openReadiness();
        Throwable cause = failure;
        if (stop == null && tree.restartLater(this, cause)) {
            return;
        }
        @Nullable Runnable consequence = stop == null ? node.escalation(tree, cause) : null;
        node.end(cause == null ? Status.of(NodeState.STOPPED) : Status.failed(cause), true);
        settled = true;
        node.ended();
        if (cause == null) {
            tree.events().stopped(node);
        } else {
            tree.events().failed(node);
        }
        forgetIfDynamic();
        settle();
        if (consequence != null) {
            consequence.run();
        }
        releaseParent();
    }

    private void endLate() {
        Duration late = Duration.ofNanos(System.nanoTime() - makeExtras().verdictNanos);
        node.end(Status.of(NodeState.STOPPED), true);
        settled = true;
        NodeLog.info(log, node)
                .log("{} has ended after all, {} after it was given up on", node, Durations.format(late));
        tree.events().endedLate(node, late);
        forgetIfDynamic();
        settle();
    }

    /** From here on the next incarnation may begin. */
    void settled() {
        settled = true;
    }

    /** From here on the next incarnation may begin. A stop that came meanwhile sees it settled, or is told here. */
    private void settle() {
        settled = true;
        endForGood();
        StopEntry entry = stop;
        if (entry != null) {
            entry.ended();
        }
    }

    /** Tells its parent that it is over. */
    void releaseParent() {
        Incarnation above = parent;
        if (above != null) {
            above.release();
        } else {
            tree.rootOver(this);
        }
    }

    /** Takes it out of the tree if it goes with this incarnation; one that is paused stays to be resumed. */
    void forgetIfDynamic() {
        if (node.isDynamic() && !node.isPaused()) {
            tree.forget(this);
        }
    }
}
