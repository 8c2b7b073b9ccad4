package dev.leakproof;

import com.google.errorprone.annotations.MustBeClosed;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Structured work: forks that run side by side, belong together, and have ended when the block that opened the group is
 * left.
 *
 * <pre>{@code
 * try (TaskGroup<Quote> group = TaskGroup.in(app, "quotes").limit(8).deadline(ofMillis(300)).open()) {
 *     suppliers.forEach(supplier -> group.fork(ctx -> supplier.quote(sku)));
 *     return group.join();   // in the order of forking; the first failure cancels the rest
 * }
 * }</pre>
 *
 * <p>A group is opened in an {@link Owner} or in the {@link WorkerContext} of a body, also that of another fork, and is
 * cancelled with it. While it is open it is a node of the tree. One opened in a context has to be closed before that
 * body ends; one that was not is closed then, and named in the log.
 *
 * <p><b>Threads.</b> On virtual threads, a new one for each fork, and no limit unless one is set. On platform threads,
 * daemons that go on to the next fork as long as there is one; at most four for each processor unless another limit is
 * set. Forks beyond the limit wait in the group, without a thread, and {@code fork} never blocks.
 *
 * <p><b>Results</b> are asked for once, in one of four ways: {@link #join()} all or nothing, {@link #joinAll()} every
 * outcome, {@link #race()} the first success, {@link #next()} one after the other as they end.
 *
 * <p><b>Cancellation.</b> A cancelled fork is interrupted, unless it sleeps in its context or waits for a group of its
 * own, which end without. {@link #close()}, {@link #cancel()} and the join methods interrupt on the calling thread, but
 * leave those forks that are neither parked nor blocked to a stop thread of the tree, because an interrupt may itself
 * block. A deadline, and the stop of what it belongs to, only use stop threads.
 *
 * <p><b>One thread owns the group</b>: the one that opened it, until it {@linkplain #handOver hands it over}. Only that
 * may fork and ask for results; a fork that has something to fork opens a group of its own. {@link #cancel()}, {@link
 * #close()} and what only reads may be called on any thread.
 *
 * @param <T> the type of the results
 */
public final class TaskGroup<T extends @Nullable Object> extends Admission<T> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TaskGroup.class);

    /** Told to give up. The next two say why, unless the group did so itself. */
    private static final int CANCELLED = 1;

    private static final int TIMED_OUT = 2;
    private static final int FROM_OUTSIDE = 4;

    /** A stop deals with it, and is not held up by it once it is idle, closed or not. */
    private static final int STOPPED = 8;

    private static final int CLOSED = 16;

    /** Most groups are over long before; only then is it worth being a node of a stop. */
    private static final long QUICK_END_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** So long a group that becomes less may do without: a node of many forks is looked through again and again. */
    private static final long LONG_END_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int PLATFORM_LIMIT = 4 * Runtime.getRuntime().availableProcessors();

    private static final Object OVER = new Object();

    private static final VarHandle STATE;
    private static final VarHandle SEAT;
    private static final VarHandle OWNER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(TaskGroup.class, "state", int.class);
            SEAT = lookup.findVarHandle(TaskGroup.class, "seat", Object.class);
            OWNER = lookup.findVarHandle(TaskGroup.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Guarded by the monitor of the OpenGroups that it is in.
    @Nullable
    TaskGroup<?> previousOpen;

    @Nullable
    TaskGroup<?> nextOpen;

    private final String name;
    private final GroupHost host;
    private final Object createdAt;
    private final boolean virtual;
    private final ThreadFactory threads;
    private final ContextCapture.@Nullable Captured context;
    private final long openedNanos = System.nanoTime();
    private final @Nullable Deadline deadline;
    private final boolean closesAtDeadline;

    /** Null if the next that forks or asks for results is to be it. */
    private volatile @Nullable Thread owner;

    private volatile int state;

    /** Null, then as a rule {@link #OVER}; in between its {@link GroupNode} if a stop has to deal with it. */
    private volatile @Nullable Object seat;

    // The owner's.
    private @Nullable String asked;

    private TaskGroup(Opening opening, GroupHost host, boolean virtual) {
        super(opening.limit != 0 || virtual || opening.factory != null ? opening.limit : PLATFORM_LIMIT);
        this.name = opening.name;
        this.host = host;
        this.createdAt = opening.createdAt != null
                ? opening.createdAt
                : host.incarnation().openingLines().of(name);
        this.virtual = virtual;
        this.threads = opening.factory != null ? opening.factory : factory();
        this.context = ForkContext.capture(host, virtual);
        this.deadline = opening.deadline == null ? null : new Deadline(this, opening.deadline);
        this.closesAtDeadline = opening.closesAtDeadline;
        OWNER.set(this, Thread.currentThread()); // without a fence: nobody else sees it before it is added somewhere
    }

    /**
     * Begins to open a group that belongs to an owner.
     *
     * @param owner which stops it, if it is still open then
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens; others may have the same
     * @throws IllegalArgumentException if the name is not legal
     */
    public static Opening in(Owner owner, String name) {
        return new Opening(Objects.requireNonNull(owner, "owner"), null, name);
    }

    /**
     * Begins to open a group that belongs to a body, and has to be closed before that ends.
     *
     * @param ctx the context that the body was given
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens; others may have the same
     * @throws IllegalArgumentException if the name is not legal, or {@code ctx} is not one of leakproof's own
     */
    public static Opening in(WorkerContext ctx, String name) {
        if (!(ctx instanceof GroupHost host)) {
            throw new IllegalArgumentException("Expected the context of '" + name
                    + "' to be the one that leakproof gave the body, but it is " + ctx);
        }
        return new Opening(null, host, name);
    }

    // What its owner does

    /**
     * Begins a fork, or has it wait in the group for a thread if as many as the limit are under way. If no thread can be
     * had, that is a failure of this fork.
     *
     * @param body what to do, never null
     * @throws IllegalStateException if the group is closed or joined, or the calling thread does not own it; nothing has
     *     begun then
     * @throws CancellationException if the group, or what it belongs to, is cancelled; nothing has begun then
     * @throws DeadlineExceededException if the deadline has passed; nothing has begun then
     */
    public void fork(ForkBody<? extends T> body) {
        Objects.requireNonNull(body, "body");
        requireOwner("fork");
        if (asked != null && !NEXT.equals(asked)) {
            throw new IllegalStateException("Cannot fork in " + this + " after " + asked + ": open another group");
        }
        if (isCancelled()) {
            throw refusal("Cannot fork in ");
        }
        Fork<T> fork = new Fork<>(this, body);
        if (limit() == 0) {
            forkAtOnce(fork);
            return;
        }
        begin(admit(fork));
        if (isCancelled()) {
            // Whoever cancelled it may have come too early to see the last that wait.
            dropWaiting();
        }
    }

    /** It needs no place: it has its thread before it can be seen, and asks itself whether the group is cancelled. */
    private void forkAtOnce(Fork<T> fork) {
        provide(fork);
        add(fork);
        if (fork.hasEnded() || !isStarted(fork)) {
            ended(fork);
        }
    }

    /**
     * Waits for all forks. The first that fails cancels the rest, which are awaited.
     *
     * @return the results in the order of forking; cannot be modified
     * @throws ForkFailedException if a fork failed
     * @throws DeadlineExceededException if the deadline came first
     * @throws CancellationException if the group or its owner was cancelled
     * @throws InterruptedException if the calling thread was interrupted; the forks go on until the group is closed
     * @throws IllegalStateException if results were asked for before, or the calling thread does not own the group
     */
    public List<T> join() throws InterruptedException {
        ask("join");
        awaitEnded(added(), true);
        if (firstFailed() != null || isCancelled()) {
            giveUp();
            throw failure();
        }
        return inOrder(Fork::value);
    }

    /**
     * Waits for all forks, whether they fail or not. At the deadline those that have not ended are cancelled and
     * awaited.
     *
     * @return the outcomes in the order of forking; cannot be modified
     * @throws CancellationException if what the group belongs to was cancelled
     * @throws InterruptedException if the calling thread was interrupted; the forks go on until the group is closed
     * @throws IllegalStateException if results were asked for before, or the calling thread does not own the group
     */
    public List<ForkResult<T>> joinAll() throws InterruptedException {
        ask("joinAll");
        awaitEnded(added(), false);
        if (isCancelled()) {
            giveUp();
            if (isCancelledFromOutside()) {
                throw failure();
            }
        }
        return inOrder(Fork::result);
    }

    /**
     * Waits for the first fork that succeeds. The others are cancelled and awaited.
     *
     * @return its result
     * @throws ForkFailedException if all failed
     * @throws DeadlineExceededException if the deadline came first
     * @throws CancellationException if the group or its owner was cancelled
     * @throws InterruptedException if the calling thread was interrupted; the forks go on until the group is closed
     * @throws IllegalStateException if nothing was forked, results were asked for before, or the calling thread does not
     *     own the group
     */
    public T race() throws InterruptedException {
        ask("race");
        if (added() == 0) {
            throw new IllegalStateException("Nothing was forked in " + this + ", so there is nobody to win a race");
        }
        Fork<T> winner = awaitNext();
        while (winner != null && !winner.hasSucceeded()) {
            winner = awaitNext();
        }
        giveUp();
        if (winner == null) {
            throw failure();
        }
        return winner.value();
    }

    /**
     * Waits for the next fork to end, and takes its outcome out of the group. More may be forked in between.
     *
     * @return the outcomes in the order in which the forks end; empty if all that were forked have been taken
     * @throws DeadlineExceededException if the deadline came first
     * @throws CancellationException if what the group belongs to was cancelled
     * @throws InterruptedException if the calling thread was interrupted; the forks go on until the group is closed
     * @throws IllegalStateException if results were asked for in another way before, or the calling thread does not own
     *     the group
     */
    public Optional<ForkResult<T>> next() throws InterruptedException {
        requireOwner(NEXT);
        if (!NEXT.equals(asked)) {
            ask(NEXT);
        }
        Fork<T> fork = awaitNext();
        if (fork == null && isCancelled()) {
            giveUp();
            if (isCutOff()) {
                throw failure();
            }
            fork = nextEnded();
        }
        if (fork == null) {
            return Optional.empty();
        }
        Optional<ForkResult<T>> result = Optional.of(fork.takeResult());
        forgetTaken();
        return result;
    }

    /**
     * Makes another thread the owner of the group: from now on only that may fork and ask for results.
     *
     * @param thread the new owner
     * @throws IllegalStateException if the calling thread does not own the group
     */
    public void handOver(Thread thread) {
        requireOwner("handOver");
        owner = Objects.requireNonNull(thread, "thread");
    }

    /**
     * Makes the next thread that forks or asks for results the owner of the group, where it is not known yet which thread
     * goes on with the work. Does nothing if that was done before and none has come yet.
     *
     * @throws IllegalStateException if the calling thread does not own the group
     */
    public void handOverToNext() {
        if (owner != null) {
            requireOwner("handOverToNext");
            owner = null;
        }
    }

    // What anybody may do

    /** Tells all forks to give up and returns without waiting. Nothing can be forked any more. */
    public void cancel() {
        if (cancel(0)) {
            new CancelWalk(this, null).run();
        }
    }

    /**
     * Cancels what has not ended, and waits for it, without regard to interrupts: at most for the stop timeout of what it
     * belongs to, and less if that is being stopped. Forks that have not ended by then are {@link NodeState#LEAKED} and
     * logged, each with the line on which it is stuck. Closing again does nothing.
     */
    @Override
    public void close() {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSED | CANCELLED);
        if (deadline != null) {
            deadline.cancel();
        }
        if (!isIdle()) {
            if ((before & CANCELLED) == 0) {
                new CancelWalk(this, null).run();
            }
            awaitIdle();
        }
        if (isIdle()) {
            if (!over()) {
                // It was over before it was closed.
                host.groups().remove(this);
            }
        } else {
            // A fork that came too late is about to be dropped, or one that was given up on still runs.
            stopped();
        }
    }

    /** Returns the names from the root down to this, joined by slashes. */
    public String path() {
        return host.path() + "/" + name;
    }

    /** Whether it was cancelled or closed, its deadline has passed, or what it belongs to is cancelled. */
    public boolean isCancelled() {
        return (state & CANCELLED) != 0 || host.isCancelled();
    }

    /** Returns what it is and its path, such as {@code group 'app/quotes'}. */
    @Override
    public String toString() {
        return "group '" + path() + "'";
    }

    // The life of a fork

    private ThreadFactory factory() {
        ThreadFactory ofVirtual = virtual ? VirtualThreads.factory() : null;
        return ofVirtual != null ? ofVirtual : task -> Threads.make(ThreadKind.PLATFORM, path(), task);
    }

    /** Gives a fork a thread, or ends it as failed if none can be had. */
    private void provide(Fork<T> fork) {
        try {
            fork.runsOn(Objects.requireNonNull(threads.newThread(fork), "the thread factory returned null"));
        } catch (Throwable e) {
            fork.endUnbegun(noThread(fork, e));
        }
    }

    /**
     * Has a fork begin, and if that does not come to a thread, the one after it. Whether the group is cancelled is asked
     * once the fork can be seen with its thread: from then on whoever cancels does the rest.
     */
    private void begin(@Nullable Fork<T> first) {
        Fork<T> fork = first;
        while (fork != null && !starts(fork)) {
            fork = ended(fork);
        }
    }

    private boolean starts(Fork<T> fork) {
        if (fork.thread() == null && !fork.hasEnded()) {
            provide(fork);
        }
        if (fork.hasEnded()) {
            return false;
        }
        if (isCancelled()) {
            fork.endUnbegun(null);
            return false;
        }
        return isStarted(fork);
    }

    private static boolean isStarted(Fork<?> fork) {
        try {
            Objects.requireNonNull(fork.thread()).start();
            return true;
        } catch (Throwable e) {
            fork.endUnbegun(noThread(fork, e));
            return false;
        }
    }

    private static IllegalStateException noThread(Fork<?> fork, Throwable cause) {
        return new IllegalStateException("No thread could be had for " + fork + ": " + cause, cause);
    }

    @SuppressWarnings("try") // it is there to be closed
    T call(ForkBody<? extends T> body, Fork<T> fork) throws Exception {
        ContextCapture.Captured carried = context;
        if (carried == null) {
            return body.call(fork);
        }
        try (ContextCapture.Restored restored = carried.restore()) {
            return body.call(fork);
        }
    }

    /** A fork has ended. Returns the one that is to run on its thread next, if any. */
    @Nullable
    Fork<T> ended(Fork<T> fork) {
        settle(fork);
        if ((state & STOPPED) != 0 && isIdle()) {
            over();
        }
        Fork<T> next = successor();
        if (next == null || !virtual) {
            return next;
        }
        begin(next);
        return null;
    }

    private void dropWaiting() {
        for (Fork<T> fork = drop(); fork != null; fork = drop()) {
            fork.endUnbegun(null);
            settle(fork);
        }
        if ((state & STOPPED) != 0 && isIdle()) {
            over();
        }
    }

    // Its end

    /** Returns whether nobody did so before. */
    private boolean cancel(int why) {
        while (true) {
            int now = state;
            if ((now & CANCELLED) != 0) {
                return false;
            }
            if (STATE.compareAndSet(this, now, now | CANCELLED | why)) {
                if (deadline != null && !closesAtDeadline) {
                    deadline.cancel();
                }
                return true;
            }
        }
    }

    /** Its time is up; on the ticker's thread, which must not block. */
    void expire() {
        if (cancel(TIMED_OUT)) {
            new CancelWalk(this, null).runOnHand();
        }
        if (closesAtDeadline) {
            STATE.getAndBitwiseOr(this, CLOSED);
            stopped();
        }
    }

    /** What it belongs to is stopped; on a stop thread. */
    void stop(@Nullable Thread caller) {
        cancel(FROM_OUTSIDE);
        new CancelWalk(this, caller).runOnHand();
        stopped();
    }

    /** From now on it is over as soon as it is idle. */
    void stopped() {
        STATE.getAndBitwiseOr(this, STOPPED);
        if (isIdle()) {
            over();
        }
    }

    /** A walk that has it give up comes by. Returns its forks. */
    Iterator<Fork<T>> enter(@Nullable Thread caller) {
        // So that its forks need not ask those above.
        cancel(FROM_OUTSIDE);
        wakeWaiters(host instanceof Fork<?> fork && host.isCancelled() ? fork.thread() : null);
        dropWaiting();
        return forks();
    }

    private void giveUp() {
        cancel();
        if (!isIdle()) {
            awaitIdle();
        }
    }

    /** The body that it belongs to has ended and left it open. */
    void closeLeftBy(String body) {
        try {
            log.warn(
                    "{} was still open when {} ended, and is closed now: it was opened at {}; use try-with-resources",
                    this,
                    body,
                    createdAt);
        } finally {
            close();
        }
    }

    /** Returns whether it was not over before. */
    private boolean over() {
        Object last = SEAT.getAndSet(this, OVER);
        if (last == OVER) {
            return false;
        }
        if ((state & CLOSED) != 0) {
            host.groups().remove(this);
        } else if (host instanceof Incarnation && !isAwaited() && !givesWay) {
            log.warn(
                    "{} was still open when its owner stopped: it was opened at {}, and belongs to {}",
                    this,
                    createdAt,
                    owner == null ? "no thread" : "the thread '" + ownerName() + "'");
        }
        if (last instanceof GroupNode node) {
            node.over();
        } else if (!(host instanceof Fork)) {
            host.incarnation().release();
        }
        return true;
    }

    // Waiting

    private @Nullable Fork<T> awaitNext() throws InterruptedException {
        Fork<T> fork = nextEnded();
        if (fork == null && seen() < added() && !isCutOff()) {
            awaitEnded(seen() + 1, false);
            fork = nextEnded();
        }
        // Asked last: a fork that ended because the time is up is no outcome.
        return isCutOff() ? null : fork;
    }

    /** Waits until so many have ended, the group is cancelled, or one has failed if that matters. */
    private void awaitEnded(int target, boolean minds) throws InterruptedException {
        if (ended() >= target) {
            return;
        }
        boolean inFork = host instanceof Fork<?> fork && fork.beginsToJoin();
        Waiter waiter = new Waiter(target, minds);
        givesWay = true;
        try {
            while (ended() < target && !(minds && firstFailed() != null) && !isCancelled()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("Interrupted while waiting for " + this);
                }
                if (!waiter.gaveWay(ended()) && !enter(waiter)) {
                    LockSupport.park(this);
                }
            }
        } finally {
            givesWay = false;
            leave(waiter);
            if (inFork) {
                // Whoever waits here asks next whether it was cancelled: that is answer enough.
                ((Fork<?>) host).endsToJoin();
            }
        }
    }

    /** Waits until it is idle, or given up on; it is cancelled. */
    private void awaitIdle() {
        boolean interrupted = Thread.interrupted();
        boolean inFork = host instanceof Fork<?> fork && fork.beginsToJoin();
        long begun = System.nanoTime();
        long patience = QUICK_END_NANOS;
        int endedBefore = ended();
        Waiter waiter = new Waiter(added(), false);
        givesWay = true;
        try {
            while (!isIdle() && !isGivenUp()) {
                long passed = System.nanoTime() - begun;
                int endedNow = ended();
                if (passed >= patience && endedNow > endedBefore && passed < LONG_END_NANOS) {
                    endedBefore = endedNow;
                    patience = passed + QUICK_END_NANOS;
                }
                long left = patience - passed;
                if (left <= 0) {
                    stopAsNode();
                    break;
                }
                if (!waiter.gaveWay(endedNow) && !enter(waiter)) {
                    LockSupport.parkNanos(this, left);
                }
                interrupted |= Thread.interrupted();
            }
        } finally {
            givesWay = false;
            leave(waiter);
            interrupted |= inFork && ((Fork<?>) host).endsToJoin();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void stopAsNode() {
        GroupNode node = tree().stopProtocol().embody(this);
        if (node != null) {
            stopped();
            node.stop();
        }
    }

    private boolean isGivenUp() {
        return seat instanceof GroupNode node && node.isGivenUp();
    }

    boolean isOver() {
        return seat == OVER;
    }

    /** Makes it a node that a stop can deal with, with the tree's lock held; null if it is over. */
    @Nullable
    GroupNode embody() {
        Object now = seat;
        if (now == null) {
            GroupNode node = GroupNode.of(this);
            if (SEAT.compareAndSet(this, null, node)) {
                return node;
            }
            node.discard();
            now = seat;
        }
        return now instanceof GroupNode node ? node : null;
    }

    // Checks

    private static final String NEXT = "next";

    private void requireOwner(String what) {
        Thread caller = Thread.currentThread();
        Thread mine = owner;
        if (caller != mine && (mine != null || !OWNER.compareAndSet(this, null, caller))) {
            throw new IllegalStateException("Expected " + what + " in " + this + " to be called by the thread '"
                    + ownerName() + "' that owns it, but it was '"
                    + caller.getName()
                    + "': hand it over, or open a group of its own in the context of the fork");
        }
    }

    private String ownerName() {
        Thread mine = owner;
        return mine == null ? "" : mine.getName();
    }

    private void ask(String what) {
        requireOwner(what);
        if (asked != null) {
            throw new IllegalStateException(
                    "Cannot ask for the results of " + this + " by " + what + ", they were asked for by " + asked);
        }
        if ((state & CLOSED) != 0) {
            throw refusal("Cannot " + what + " in ");
        }
        asked = what;
    }

    private RuntimeException refusal(String what) {
        if ((state & CLOSED) != 0) {
            return new IllegalStateException(what + this + ": it is closed");
        }
        return isTimedOut()
                ? timeout()
                : new CancellationException(what + this + ": "
                        + (isCancelledFromOutside() ? "what it belongs to is cancelled" : "it is cancelled"));
    }

    private boolean isCancelledFromOutside() {
        return (state & FROM_OUTSIDE) != 0 || host.isCancelled();
    }

    /** Whether there are no results any more, even of those who have ended: a cancellation goes first. */
    private boolean isCutOff() {
        return isTimedOut() || isCancelledFromOutside();
    }

    private boolean isTimedOut() {
        return (state & TIMED_OUT) != 0;
    }

    private DeadlineExceededException timeout() {
        int succeeded = 0;
        for (Iterator<Fork<T>> forks = forks(); forks.hasNext(); ) {
            succeeded += forks.next().hasSucceeded() ? 1 : 0;
        }
        return new DeadlineExceededException(this + " was not done within "
                + Durations.format(Objects.requireNonNull(deadline).duration()) + ": " + succeeded + " of " + added()
                + " forks have succeeded");
    }

    /** Returns why there are no results, with what else went wrong. */
    private RuntimeException failure() {
        Fork<T> culprit = firstFailed();
        Throwable cause = culprit == null ? null : culprit.failure();
        RuntimeException failure;
        if (isCancelledFromOutside()) {
            failure = new GroupCancelledException(this, " has no result: what it belongs to is cancelled");
        } else if (isTimedOut()) {
            failure = timeout();
        } else if (culprit != null && cause != null) {
            failure = new ForkFailedException(culprit + " failed: " + cause, cause);
        } else {
            failure = new GroupCancelledException(this, " has no result: it is cancelled");
        }
        if (culprit == null) {
            return failure;
        }
        for (Iterator<Fork<T>> forks = forks(); forks.hasNext(); ) {
            Fork<T> fork = forks.next();
            Throwable other = fork.hasFailed() ? fork.failure() : null;
            if (other != null && other != failure.getCause()) {
                failure.addSuppressed(other);
            }
        }
        return failure;
    }

    // For the tree

    String name() {
        return name;
    }

    GroupHost host() {
        return host;
    }

    Tree tree() {
        return host.incarnation().tree();
    }

    String createdAt() {
        return createdAt.toString();
    }

    long openedNanos() {
        return openedNanos;
    }

    boolean isVirtual() {
        return virtual;
    }

    boolean isStopping() {
        return isCancelled() || host.isStopping();
    }

    /** Whether its forks have been told already. */
    boolean isTold() {
        return (state & CANCELLED) != 0;
    }

    /** Whether a stop of it, or of what it is open in, has come to what ignores interrupts. */
    boolean isUnblocked() {
        return (seat instanceof GroupNode node && node.isUnblocked())
                || (host instanceof Fork<?> fork && fork.hasCome(StopStage.UNBLOCK));
    }

    /** Returns the nanoseconds until it is given up on, or Long.MAX_VALUE. */
    long nanosLeft() {
        long own = deadline == null ? Long.MAX_VALUE : deadline.nanosLeft();
        return Math.min(own, host.nanosLeft());
    }

    /** A stop has begun. It has to wait for who owns this to close it, but not for one who never will. */
    void signalled() {
        wakeSleepers();
        Thread mine = owner;
        if (isIdle() && mine != null && !mine.isAlive()) {
            stopped();
        }
    }

    void wakeSleepers() {
        forks().forEachRemaining(Fork::wake);
    }

    void runHook(Fork<?> fork, StopHook hook, StopStage stage) {
        tree().stopThreads().execute(new ForkHookJob(fork, hook, stage, seat instanceof GroupNode node ? node : null));
    }

    Map<String, Object> details() {
        int all = added();
        int done = Math.min(ended(), all);
        int waiting = Math.min(waiting(), all - done);
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("forks", all);
        details.put("running", all - done - waiting);
        details.put("waiting", waiting);
        details.put("done", done);
        if (limit() != 0) {
            details.put("limit", limit());
        }
        if (deadline != null) {
            details.put("deadline", Durations.format(deadline.duration()));
        }
        details.put("openedBy", ownerName());
        return details;
    }

    NodeSnapshot snapshot() {
        return seat instanceof GroupNode node
                ? node.snapshot()
                : GroupNode.shownFor(this).snapshot();
    }

    /** Says what a group is to be like before it is opened. Not for use by many threads. */
    public static final class Opening {

        private final @Nullable Owner owner;
        private final @Nullable GroupHost body;
        private final String name;
        private int limit;
        private @Nullable Duration deadline;
        private @Nullable ThreadKind threads;
        private @Nullable ThreadFactory factory;
        private @Nullable String createdAt;
        private boolean closesAtDeadline;

        private Opening(@Nullable Owner owner, @Nullable GroupHost body, String name) {
            this.owner = owner;
            this.body = body;
            this.name = Names.check("A group", name);
        }

        /**
         * Sets how many forks run at once; the others wait in the group. By default none on virtual threads, four for
         * each processor on platform threads.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Opening limit(int limit) {
            if (limit < 1) {
                throw new IllegalArgumentException("'limit' of '" + name + "' must be 1 or more, but was " + limit);
            }
            this.limit = limit;
            return this;
        }

        /**
         * Cancels the group that long after it was opened, unless it is closed by then; up to 10 ms late. By default it
         * has no deadline of its own.
         */
        public Opening deadline(Duration deadline) {
            this.deadline = Durations.positive("'deadline' of '" + name + "'", deadline);
            return this;
        }

        /**
         * Has the deadline close the group as well, without waiting: it is gone from the tree as soon as its forks have
         * ended. For one that somebody else closes, who may never come.
         */
        public Opening closeAtDeadline() {
            this.closesAtDeadline = true;
            return this;
        }

        /** Sets the kind of its threads. By default that of what it belongs to. */
        public Opening threads(ThreadKind threads) {
            this.threads = Objects.requireNonNull(threads, "threads");
            return this;
        }

        /** Sets the line of code that is named as its origin. By default the line that calls {@link #open}. */
        public Opening createdAt(String createdAt) {
            this.createdAt = Objects.requireNonNull(createdAt, "createdAt");
            return this;
        }

        /** For tests of what happens when there is no thread to be had; no limit unless one is set, as on virtual ones. */
        Opening threadsFrom(ThreadFactory factory) {
            this.factory = factory;
            return this;
        }

        /**
         * Opens the group, which the calling thread owns.
         *
         * @param <T> the type of the results
         * @throws IllegalStateException if what it is to belong to does not run, or is a context of another thread
         * @throws CancellationException if that is cancelled
         */
        @MustBeClosed
        public <T extends @Nullable Object> TaskGroup<T> open() {
            GroupHost host = body != null ? body : Objects.requireNonNull(owner).groupHost(name);
            ThreadKind kind =
                    threads != null ? threads : host.incarnation().node().effectiveThreads();
            TaskGroup<T> group =
                    new TaskGroup<>(this, host, kind == ThreadKind.VIRTUAL && VirtualThreads.areAvailable());
            host.admit(group);
            if (group.deadline != null) {
                group.deadline.start();
            }
            return group;
        }
    }
}
