package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fork of a group: what its thread runs, the context that its body gets, and its place among the others, in one
 * object. Name and exit story are those of the group.
 *
 * @param <T> the type of the result
 */
final class Fork<T extends @Nullable Object> implements Runnable, WorkerContext, GroupHost {

    // The status. It is written once, after the outcome.
    private static final byte OPEN = 0;
    private static final byte SUCCEEDED = 1;
    private static final byte FAILED = 2;
    private static final byte CANCELLED = 3;

    // What its own thread is at. What sleeps or joins ends by itself once the fork is cancelled, and needs no
    // interrupt.
    private static final byte UNBEGUN = 0;
    private static final byte WORKING = 1;
    private static final byte SLEEPING = 2;
    private static final byte JOINING = 3;

    private static final Logger log = LoggerFactory.getLogger(TaskGroup.class);

    private static final VarHandle THREAD;
    private static final VarHandle ACTIVITY;
    private static final VarHandle STATUS;
    private static final VarHandle EXTRAS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            THREAD = lookup.findVarHandle(Fork.class, "thread", Thread.class);
            ACTIVITY = lookup.findVarHandle(Fork.class, "activity", byte.class);
            STATUS = lookup.findVarHandle(Fork.class, "status", byte.class);
            EXTRAS = lookup.findVarHandle(Fork.class, "extras", ForkExtras.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TaskGroup<T> group;

    // Its place, see Forks and Endings.
    int rank;
    int number;

    /** Its outcome was asked for; of the owner of the group. */
    boolean seen;

    /** The body, then the result or what was thrown. */
    private @Nullable Object matter;

    /** Its thread, until that is done with it. */
    private volatile @Nullable Thread thread;

    private volatile @Nullable ForkExtras extras;
    private volatile byte status;
    private volatile byte activity;

    Fork(TaskGroup<T> group, ForkBody<? extends T> body) {
        this.group = group;
        this.matter = body;
    }

    // Its life

    /** Runs it, and on a platform thread also those that waited for a thread meanwhile. */
    @Override
    public void run() {
        Fork<T> fork = this;
        do {
            fork.perform();
            fork = group.ended(fork);
        } while (fork != null);
    }

    private void perform() {
        if (thread == null) {
            // That of another, which is done. Whoever cancels writes that first, and then looks for the thread.
            thread = Thread.currentThread();
        }
        ACTIVITY.setRelease(this, WORKING);
        Object outcome = null;
        byte how = SUCCEEDED;
        if (group.isCancelled()) {
            how = CANCELLED;
        } else {
            try {
                outcome = group.call(body(), this);
            } catch (Throwable e) {
                outcome = e;
                how = isAnswer(e) ? CANCELLED : FAILED;
            }
            ForkExtras mine = extras;
            Throwable left = mine == null ? null : mine.groups.closeLeftBy(this);
            if (left != null && how == SUCCEEDED) {
                outcome = left;
                how = FAILED;
            }
        }
        matter = outcome;
        STATUS.setRelease(this, how);
        leaveHooks();
        leaveThread();
    }

    @SuppressWarnings("unchecked") // until it has ended
    private ForkBody<? extends T> body() {
        return (ForkBody<? extends T>) Objects.requireNonNull(matter);
    }

    /** Whether that is how one ends who was told to. */
    private boolean isAnswer(Throwable thrown) {
        ForkExtras mine = extras;
        return group.isCancelled() && ((mine != null && mine.isUnblocked()) || Run.isInterruption(thrown));
    }

    /** It gets no thread: it failed to begin, or was cancelled before, if {@code failure} is null. */
    void endUnbegun(@Nullable Throwable failure) {
        thread = null;
        matter = failure;
        STATUS.setRelease(this, failure == null ? CANCELLED : FAILED);
    }

    /** It may have ended on a signal that came before anybody has taken its hooks. */
    private void leaveHooks() {
        ForkExtras mine = extras;
        try {
            if (mine != null && group.isStopping()) {
                runHooks(mine, StopStage.SIGNAL);
            }
        } catch (Throwable e) {
            NodeLog.errorIfPossible(log, "The hooks of {} could not be run", this, e);
        }
    }

    /** A platform thread goes on to other forks: what was meant for this one must not hit those. */
    private void leaveThread() {
        if (group.isVirtual()) {
            THREAD.setRelease(this, null);
            return;
        }
        synchronized (this) {
            thread = null;
        }
        Thread.interrupted();
    }

    /** Its thread was made, and will be started unless it is cancelled before. */
    void runsOn(Thread made) {
        if (group.limit() == 0) {
            THREAD.setRelease(this, made);
        } else {
            thread = made;
        }
    }

    // Its outcome, for whoever knows that it has ended

    boolean hasEnded() {
        return status != OPEN;
    }

    boolean hasSucceeded() {
        return status == SUCCEEDED;
    }

    boolean hasFailed() {
        return status == FAILED;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // it has succeeded, with null if T may be
    T value() {
        return (T) matter;
    }

    @Nullable
    Throwable failure() {
        return status == FAILED || status == CANCELLED ? (Throwable) matter : null;
    }

    ForkResult<T> result() {
        if (hasSucceeded()) {
            return new ForkResult<>(number, ForkResult.State.SUCCEEDED, value(), null);
        }
        // One that has not ended is being given up.
        return new ForkResult<>(
                number, hasFailed() ? ForkResult.State.FAILED : ForkResult.State.CANCELLED, null, failure());
    }

    /** Returns the outcome and forgets it. */
    ForkResult<T> takeResult() {
        ForkResult<T> result = result();
        matter = null;
        return result;
    }

    // Its end by others

    @Nullable
    Thread thread() {
        return thread;
    }

    /** Has it give up, and with it what is open in it. What may block is left to a stop thread. */
    void takeBack(CancelWalk walk) {
        ForkExtras mine = extras;
        if (mine != null) {
            if (!hasEnded()) {
                runHooks(mine, StopStage.SIGNAL);
            }
            mine.groups.list().forEach(walk::into);
            mine.wake();
            Calls calls = mine.calls();
            if (calls != null) {
                calls.free();
            }
        }
        Thread mineNow = thread;
        if (mineNow == null || walk.spares(mineNow)) {
            return;
        }
        byte now = activity;
        if (now == SLEEPING) {
            LockSupport.unpark(mineNow);
        } else if (now == UNBEGUN || now == WORKING) {
            if (now == WORKING && mineNow.getState() == Thread.State.RUNNABLE) {
                // It may be in a channel, the closing of which blocks.
                walk.hand().execute(StopThreads.Job.of("The interrupt of", this, this::interrupt));
            } else {
                interrupt();
            }
        }
    }

    private void interrupt() {
        if (group.isVirtual()) {
            Thread mine = thread;
            if (mine != null) {
                mine.interrupt();
            }
            return;
        }
        synchronized (this) {
            Thread mine = thread;
            if (mine != null) {
                mine.interrupt();
            }
        }
    }

    /** Has it look for a stop signal if it sleeps. */
    void wake() {
        Thread mine = thread;
        if (mine != null && activity == SLEEPING) {
            LockSupport.unpark(mine);
        }
        ForkExtras more = extras;
        if (more != null) {
            more.wake();
            more.groups.list().forEach(TaskGroup::wakeSleepers);
        }
    }

    @Nullable
    ForkExtras extras() {
        return extras;
    }

    private ForkExtras makeExtras() {
        ForkExtras known = extras;
        if (known != null) {
            return known;
        }
        EXTRAS.compareAndSet(this, null, new ForkExtras());
        return Objects.requireNonNull(extras);
    }

    private @Nullable Calls calls() {
        ForkExtras mine = extras;
        return mine == null ? null : mine.calls();
    }

    private Calls makeCalls(String what) {
        requireOwnThread(what);
        ForkExtras mine = makeExtras();
        Calls known = mine.calls();
        if (known == null) {
            known = new Calls(group.tree(), incarnation().node(), () -> hasEnded() || group.isCancelled());
            mine.use(known);
        }
        return known;
    }

    // GroupHost

    @Override
    public void admit(TaskGroup<?> opened) {
        requireOwnThread("A group is opened in");
        throwIfCancelled();
        makeExtras().groups.add(opened);
    }

    @Override
    public OpenGroups groups() {
        return makeExtras().groups;
    }

    @Override
    public Incarnation incarnation() {
        return group.host().incarnation();
    }

    @Override
    public WorkerContext context() {
        return this;
    }

    /** Its thread begins to wait for forks of its own. Returns whether it is its thread. */
    boolean beginsToJoin() {
        boolean mine = Thread.currentThread() == thread;
        if (mine) {
            activity = JOINING;
        }
        return mine;
    }

    /** Its thread no longer waits. Returns whether it was cancelled, and may not have been interrupted for that. */
    boolean endsToJoin() {
        activity = WORKING;
        return group.isCancelled();
    }

    // WorkerContext

    @Override
    public String path() {
        return group.path() + "/" + number;
    }

    @Override
    public boolean isStopping() {
        return isCancelled() || group.isStopping();
    }

    @Override
    public boolean isCancelled() {
        Calls calls = calls();
        return status != OPEN || group.isCancelled() || (calls != null && calls.isExpired());
    }

    @Override
    public void throwIfCancelled() {
        if (isCancelled()) {
            throw new CancellationException(this + (hasEnded() ? " has ended" : " is cancelled"));
        }
    }

    @Override
    public boolean sleep(Duration duration) throws InterruptedException {
        long nanos = Run.nanosOf(duration);
        boolean slept;
        if (Thread.currentThread() == thread) {
            activity = SLEEPING;
            try {
                slept = pause(nanos);
            } finally {
                activity = WORKING;
            }
            // Whoever cancelled it in the midst of this may have thought that it need not be interrupted.
            throwIfInterrupted();
        } else {
            ForkExtras mine = makeExtras();
            Thread sleeper = Thread.currentThread();
            mine.sleeps(sleeper);
            try {
                slept = pause(nanos);
            } finally {
                mine.awake(sleeper);
            }
        }
        return slept;
    }

    private boolean pause(long nanos) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            boolean stopping = isStopping(); // asked first, as it is signalled last
            throwIfInterrupted();
            if (stopping) {
                return false;
            }
            long left = nanos - (System.nanoTime() - begun);
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    private void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted() || isCancelled()) {
            throw new InterruptedException(this + " is to stop at once");
        }
    }

    @Override
    public <R extends @Nullable Object> R within(Duration limit, Callable<R> call) throws Exception {
        return makeCalls("within is called in").within(limit, call);
    }

    @Override
    public <R extends @Nullable Object> R interruptibly(Callable<R> call, StopHook onCancel) throws Exception {
        return makeCalls("interruptibly is called in")
                .interruptibly(call, Objects.requireNonNull(onCancel, "onCancel"));
    }

    private void requireOwnThread(String what) {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(what + " " + this + ", but on the thread '"
                    + Thread.currentThread().getName() + "', which is not that of the fork and does not stop with it");
        }
    }

    @Override
    public void progress(long done, long total) {
        WorkerContext outer = group.host().context();
        if (outer != null && !hasEnded()) {
            outer.progress(done, total);
        }
    }

    @Override
    public void progress(String note) {
        WorkerContext outer = group.host().context();
        if (outer != null && !hasEnded()) {
            outer.progress(note);
        }
    }

    @Override
    public long nanosLeft() {
        Calls calls = calls();
        long left = group.nanosLeft();
        return calls == null ? left : Math.min(left, calls.nanosLeft());
    }

    @Override
    public Optional<Instant> deadline() {
        long left = nanosLeft();
        return left == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Instant.now().plusNanos(left));
    }

    @Override
    public void ready() {
        WorkerContext outer = group.host().context();
        if (outer != null && !hasEnded()) {
            outer.ready();
        }
    }

    @Override
    public <M extends Managed> M start(M child) {
        throw new IllegalStateException("Cannot start '" + child.worker().name() + "' in " + this
                + ": a fork is over when its body returns. Fork the work in a TaskGroup.in(ctx, ...) of its own, or start"
                + " it in the worker");
    }

    @Override
    public Registration onStop(StopHook hook) {
        return register(hook, StopStage.SIGNAL);
    }

    @Override
    public Registration onUnblock(StopHook hook) {
        return register(hook, StopStage.UNBLOCK);
    }

    private Registration register(StopHook hook, StopStage stage) {
        Objects.requireNonNull(hook, "hook");
        if (hasEnded()) {
            return () -> {};
        }
        ForkExtras mine = makeExtras();
        boolean added = mine.add(hook, stage);
        // Whoever came to that stage may have come before there was a hook to be found.
        if (hasCome(stage)) {
            runHooks(mine, stage);
        }
        if (!added) {
            group.runHook(this, hook, stage);
        }
        return () -> mine.remove(hook, stage);
    }

    /** Whether hooks that wait for {@code stage} run at once. */
    boolean hasCome(StopStage stage) {
        return stage == StopStage.SIGNAL ? group.isStopping() : group.isUnblocked();
    }

    private void runHooks(ForkExtras mine, StopStage stage) {
        mine.take(stage).forEach(hook -> group.runHook(this, hook, stage));
    }

    @Override
    public String toString() {
        return "fork '" + path() + "'";
    }
}
