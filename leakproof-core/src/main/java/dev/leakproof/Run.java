package dev.leakproof;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One execution of a body, on a thread of its own, and the context that the body gets.
 *
 * <p>The thread is new for each run, so an interrupt that comes too late hits nobody else.
 */
final class Run implements Runnable, WorkerContext, Activity, GroupHost {

    private static final Logger log = LoggerFactory.getLogger(ManagedWorker.class);

    /** What the JDK says of a socket on a virtual thread that was interrupted; it has no type for that. */
    private static final String SOCKET_INTERRUPTED = "Closed by interrupt";

    private final Incarnation incarnation;
    private final ManagedWorker worker;
    private final @Nullable Pacemaker pacemaker;

    /** Made by the first call that has a deadline or a way out, on its own thread: most runs have none. */
    private volatile @Nullable Calls calls;

    private volatile @Nullable Thread thread;
    private volatile boolean ended;
    private volatile boolean timedOut;
    private volatile boolean unblocked;
    private volatile @Nullable Expiry timeout;

    /** Its own thread sleeps. */
    private volatile boolean asleep;

    /** The others that sleep in its context. Made by the first: most runs have none. */
    private volatile @Nullable Set<Thread> sleepers;

    /** What was bound to the thread for the body. Only for that thread. */
    private ContextCapture.Restored restored = ContextCapture.Restored.NOTHING;

    private RunObserver.Observed observed = RunObserver.Observed.NOTHING;

    /**
     * The hooks of this run, by the stage they wait for; null once that stage came. The lists do not change. Guarded by the
     * monitor of the incarnation, as bodies may synchronize on this.
     */
    private @Nullable List<StopHook> stopHooks = List.of();

    private @Nullable List<StopHook> unblockHooks = List.of();

    Run(Incarnation incarnation, ManagedWorker worker, @Nullable Pacemaker pacemaker) {
        this.incarnation = incarnation;
        this.worker = worker;
        this.pacemaker = pacemaker;
    }

    /** Makes and starts its thread. What goes wrong there is a failure of this run. */
    void start() {
        try {
            Thread made = incarnation.tree().threads().make(worker.effectiveThreads(), worker.path(), this);
            thread = made;
            incarnation.running(this);
            made.start();
        } catch (Throwable e) {
            finish(0, new IllegalStateException("No thread could be had for a run of " + worker + ": " + e, e), true);
        }
    }

    @Override
    public void run() {
        if (worker.awaitReady() == null) {
            worker.advance(NodeState.RUNNING);
        }
        long begun = System.nanoTime();
        Throwable failure = null;
        boolean called = false;
        try {
            if (!isTold() || (worker.isPending() && !isCancelled())) {
                called = true;
                // All at once: a map for one entry is smaller than one to put it into, and nothing is inherited.
                MDC.setContextMap(Map.of(MdcCapture.WORKER, worker.path()));
                // The clock is a good part of a beat: it is not read twice for the same.
                long now = incarnation.tree().ticker().isReal() ? begun : nanoTime();
                ProgressLog progress = worker.progressLog();
                if (progress != null) {
                    progress.begun(now);
                }
                worker.log()
                        .started(
                                incarnation.tree().ticker().epochNanosOf(now, now),
                                pacemaker == null ? null : pacemaker.lateness());
                startTimeout(begun);
                restored = worker.carried().restore();
                observed = incarnation.tree().observers().begun(this, worker);
                worker.body().run(this);
            }
        } catch (Throwable e) {
            failure = e;
        }
        Throwable left = incarnation.groups().closeLeftBy(this);
        if (failure == null) {
            failure = left;
        }
        finish(System.nanoTime() - begun, failure, called);
    }

    /** Whether the signal is there, or on its way: who gives it may have looked for a run that is due before this was one. */
    private boolean isTold() {
        return isStopping() || (pacemaker != null && incarnation.stop() != null);
    }

    /** @param counts false if it never called its body because the signal was there: then it is no run to anybody */
    private void finish(long nanos, @Nullable Throwable thrown, boolean counts) {
        Throwable failure = judge(thrown);
        ended = true;
        leaveHooks();
        ProgressLog progress = worker.progressLog();
        if (progress != null) {
            progress.resting();
        }
        // Logging on an interrupted thread may close a log file that is an NIO channel.
        Thread.interrupted();
        Tick pending = timeout;
        if (pending != null) {
            incarnation.tree().ticker().cancel(pending);
        }
        Duration took = Duration.ofNanos(nanos);
        boolean last = failure != null && (pacemaker == null || Supervisor.isFinal(failure));
        try {
            if (pacemaker != null) {
                pacemaker.finished(() -> record(counts, took, failure), last);
            } else {
                record(counts, took, failure);
            }
            if (counts) {
                worker.tell(incarnation, took, failure);
            }
        } catch (Throwable e) {
            log.warn("The end of a run of {} could not be recorded", worker, e);
        }
        leaveThread(failure);
        incarnation.ran(this);
        if (last) {
            incarnation.fail(Objects.requireNonNull(failure));
        } else if (pacemaker == null && incarnation.stop() == null) {
            incarnation.releaseSelf();
        }
        incarnation.release();
    }

    private void record(boolean counts, Duration took, @Nullable Throwable failure) {
        if (counts) {
            Instant at = failure == null ? null : incarnation.tree().ticker().now();
            worker.log().finished(at, took, failure);
        }
    }

    /** It may have ended on a signal that came before anybody has taken its hooks: the stop has them run. */
    private void leaveHooks() {
        StopEntry stop = incarnation.stop();
        try {
            if (stop != null && incarnation.isStopping()) {
                for (StopHook hook : take(StopStage.SIGNAL)) {
                    stop.runHook(hook, StopStage.SIGNAL);
                }
            }
        } catch (Throwable e) {
            NodeLog.errorIfPossible(log, "The hooks of {} could not be run", this, e);
        }
    }

    /** Undoes what was bound to the thread, after the last line that is logged of this run. */
    private void leaveThread(@Nullable Throwable failure) {
        observed.ended(failure);
        try {
            restored.close();
        } catch (Throwable e) {
            log.warn("What was carried to a run of {} could not be taken back", worker, e);
        }
    }

    private List<TaskGroup<?>> openHere() {
        if (incarnation.groups().size() == 0) {
            return List.of();
        }
        return incarnation.groups().list().stream()
                .filter(open -> open.host() == this)
                .toList();
    }

    /** Returns why the run failed, or null if it ended as it should. */
    private @Nullable Throwable judge(@Nullable Throwable thrown) {
        if (timedOut && !incarnation.isCancelled()) {
            TimeoutException late = new TimeoutException(worker + " did not end its run within "
                    + Durations.format(Objects.requireNonNull(worker.timeout())));
            if (thrown != null) {
                late.addSuppressed(thrown);
            }
            return late;
        }
        if (thrown == null || (isCancelled() && (unblocked || isInterruption(thrown)))) {
            return null;
        }
        return thrown;
    }

    static boolean isInterruption(Throwable thrown) {
        try {
            int depth = 0;
            for (Throwable e = thrown; e != null && depth < 32; e = e.getCause(), depth++) {
                if (e instanceof InterruptedException
                        || e instanceof CancellationException
                        || e instanceof ClosedByInterruptException
                        || e instanceof FileLockInterruptionException
                        || e instanceof InterruptedIOException
                        || (e instanceof SocketException && SOCKET_INTERRUPTED.equals(e.getMessage()))) {
                    return true;
                }
            }
        } catch (Throwable e) {
            // That is the exception's own code, which must not keep whatever it has ended from ending.
        }
        return false;
    }

    // Activity

    @Override
    public @Nullable Thread thread() {
        return thread;
    }

    @Override
    public boolean runsOn(Thread other) {
        return thread == other && !ended;
    }

    @Override
    public String threadName() {
        Thread mine = thread;
        return mine == null ? worker.path() : mine.getName();
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public void wake() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
        Set<Thread> others = sleepers;
        if (others != null) {
            others.forEach(LockSupport::unpark);
        }
    }

    private void asleep(Thread sleeper, boolean now) {
        if (sleeper == thread) {
            asleep = now;
        } else if (now) {
            sleepers().add(sleeper);
        } else {
            sleepers().remove(sleeper);
        }
    }

    private Set<Thread> sleepers() {
        synchronized (incarnation) {
            Set<Thread> known = sleepers;
            if (known == null) {
                sleepers = known = ConcurrentHashMap.newKeySet(1);
            }
            return known;
        }
    }

    @Override
    public void interrupt(@Nullable Thread caller) {
        Thread mine = thread;
        if (mine != null && mine != caller && !ended) {
            Calls inProgress = calls;
            if (inProgress != null) {
                inProgress.free();
            }
            mine.interrupt();
        }
    }

    @Override
    public List<StopHook> take(StopStage stage) {
        synchronized (incarnation) {
            List<StopHook> hooks = hooks(stage);
            hooks(stage, null);
            unblocked |= stage == StopStage.UNBLOCK;
            return hooks == null ? List.of() : hooks;
        }
    }

    /** Its own time is up. */
    private void expire() {
        openHere().forEach(open -> open.stop(null));
        interrupt(null);
    }

    // GroupHost

    @Override
    public void admit(TaskGroup<?> group) {
        requireOwnThread("TaskGroup.in");
        throwIfCancelled();
        incarnation.extend();
        incarnation.add(group);
    }

    @Override
    public OpenGroups groups() {
        return incarnation.groups();
    }

    @Override
    public Incarnation incarnation() {
        return incarnation;
    }

    @Override
    public WorkerContext context() {
        return this;
    }

    // WorkerContext

    @Override
    public String path() {
        return worker.path();
    }

    @Override
    public boolean isStopping() {
        return incarnation.isStopping() || timedOut || ended || isCallExpired();
    }

    @Override
    public boolean isCancelled() {
        return isCutOff() || isCallExpired();
    }

    /** Whether it is cancelled, apart from any deadline of a call. */
    private boolean isCutOff() {
        return incarnation.isCancelled() || timedOut || ended;
    }

    private boolean isCallExpired() {
        Calls inProgress = calls;
        return inProgress != null && inProgress.isExpired();
    }

    @Override
    public void throwIfCancelled() {
        if (isCancelled()) {
            boolean late = timedOut || !incarnation.isCancelled();
            throw new CancellationException(
                    worker + (ended ? " has ended its run" : late ? " has timed out" : " is cancelled"));
        }
    }

    @Override
    public boolean sleep(Duration duration) throws InterruptedException {
        long begun = System.nanoTime();
        long nanos = nanosOf(duration);
        Thread sleeper = Thread.currentThread();
        asleep(sleeper, true);
        resting();
        try {
            while (true) {
                boolean stopping = isStopping(); // asked first, as it is signalled last
                if (Thread.interrupted() || isCancelled()) {
                    throw new InterruptedException(worker.path() + " is to stop at once");
                }
                if (stopping) {
                    return false;
                }
                long left = nanos - (System.nanoTime() - begun);
                if (left <= 0) {
                    return true;
                }
                LockSupport.parkNanos(this, left);
            }
        } finally {
            asleep(sleeper, false);
            working();
        }
    }

    /** Its own thread waits where it may: that is no stall. */
    void resting() {
        ProgressLog progress = worker.progressLog();
        if (progress != null && Thread.currentThread() == thread) {
            progress.resting();
        }
    }

    /** It no longer waits. */
    void working() {
        ProgressLog progress = worker.progressLog();
        if (progress != null && Thread.currentThread() == thread && !ended) {
            progress.working(nanoTime());
        }
    }

    private long nanoTime() {
        return incarnation.tree().ticker().nanoTime();
    }

    static long nanosOf(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    @Override
    public <R extends @Nullable Object> R within(Duration limit, Callable<R> call) throws Exception {
        requireOwnThread("within");
        return calls().within(limit, call);
    }

    @Override
    public <R extends @Nullable Object> R interruptibly(Callable<R> call, StopHook onCancel) throws Exception {
        requireOwnThread("interruptibly");
        return calls().interruptibly(call, Objects.requireNonNull(onCancel, "onCancel"));
    }

    private Calls calls() {
        Calls known = calls;
        if (known == null) {
            calls = known = new Calls(incarnation.tree(), worker, this::isCutOff);
        }
        return known;
    }

    @Override
    public void progress(long done, long total) {
        if (done < 0) {
            throw new IllegalArgumentException("The progress of " + worker + " must not be negative, but was " + done);
        }
        if (!ended) {
            worker.makeProgressLog().report(nanoTime(), done, total < 0 ? null : total);
        }
    }

    @Override
    public void progress(String note) {
        Objects.requireNonNull(note, "note");
        if (!ended) {
            worker.makeProgressLog().report(nanoTime(), note);
        }
    }

    private void requireOwnThread(String method) {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("Expected " + method + " of " + worker + " to be called on the thread '"
                    + threadName() + "' of its run, but it was on '"
                    + Thread.currentThread().getName() + "', which it cannot cancel");
        }
    }

    @Override
    public long nanosLeft() {
        Calls inProgress = calls;
        long left = Math.min(incarnation.nanosLeft(), inProgress == null ? Long.MAX_VALUE : inProgress.nanosLeft());
        Expiry limit = timeout;
        return limit == null ? left : Math.min(left, limit.dueNanos - System.nanoTime());
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
        if (!ended) {
            worker.advance(NodeState.RUNNING);
            incarnation.ready();
        }
    }

    @Override
    public <M extends Managed> M start(M child) {
        if (ended) {
            throw new IllegalStateException("Cannot start '" + child.worker().name() + "' in " + worker
                    + ": the run that this context belongs to has ended; use the context of the present run");
        }
        if (child.worker().parent() == null) {
            child.worker().carry(worker.effectiveContext());
        }
        incarnation.tree().adoptAndStart(worker, child.worker(), true);
        return child;
    }

    @Override
    public Registration onStop(StopHook hook) {
        return register(hook, StopStage.SIGNAL);
    }

    @Override
    public Registration onUnblock(StopHook hook) {
        return register(hook, StopStage.UNBLOCK);
    }

    @Override
    public String toString() {
        return "a run of " + worker;
    }

    private Registration register(StopHook hook, StopStage stage) {
        Objects.requireNonNull(hook, "hook");
        // One of its own, so that it is this registration that is taken back, and once.
        StopHook registered = new StopHook() {
            @Override
            public void run() throws Exception {
                hook.run();
            }
        };
        synchronized (incarnation) {
            StopEntry stop = incarnation.stop();
            List<StopHook> hooks = hooks(stage);
            if (hooks == null && stop != null && !ended) {
                stop.runHook(hook, stage);
            } else if (hooks != null && !ended) {
                hooks(
                        stage,
                        Stream.concat(hooks.stream(), Stream.of(registered)).toList());
            }
        }
        return () -> {
            synchronized (incarnation) {
                List<StopHook> hooks = hooks(stage);
                if (hooks != null) {
                    List<StopHook> left = new ArrayList<>(hooks);
                    left.remove(registered);
                    hooks(stage, List.copyOf(left));
                }
            }
        };
    }

    private @Nullable List<StopHook> hooks(StopStage stage) {
        return stage == StopStage.SIGNAL ? stopHooks : unblockHooks;
    }

    private void hooks(StopStage stage, @Nullable List<StopHook> hooks) {
        if (stage == StopStage.SIGNAL) {
            stopHooks = hooks;
        } else {
            unblockHooks = hooks;
        }
    }

    private void startTimeout(long begun) {
        Duration limit = worker.timeout();
        if (limit == null) {
            return;
        }
        Expiry expiry = new Expiry(begun + limit.toNanos());
        timeout = expiry;
        Ticker ticker = incarnation.tree().ticker();
        ticker.schedule(expiry, ticker.nanoTime() + limit.toNanos());
    }

    /** The end of the time that it gets. */
    private final class Expiry extends Tick {

        final long dueNanos;

        Expiry(long dueNanos) {
            this.dueNanos = dueNanos;
        }

        @Override
        void fire(long now) {
            timedOut = true;
            wake();
            incarnation.tree().stopThreads().execute(StopThreads.Job.of("The interrupt of", worker, Run.this::expire));
        }
    }
}
