package dev.leakproof;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    private final long latenessNanos;
    private final Calls calls;
    private final String path;

    private volatile @Nullable Thread thread;
    private volatile boolean ended;
    private volatile boolean timedOut;
    private volatile boolean unblocked;
    private volatile @Nullable Tick timeout;
    private volatile long timeoutNanos;

    /** Made by the first that sleeps: most runs never do. */
    private volatile @Nullable Set<Thread> sleepers;

    /** What was bound to the thread for the body. Only for that thread. */
    private ContextCapture.Restored restored = ContextCapture.Restored.NOTHING;

    private RunObserver.Observed observed = RunObserver.Observed.NOTHING;

    /**
     * The hooks of this run, by the stage they wait for; null once that stage came. The lists do not change. Guarded by the
     * monitor of the calls, as bodies may synchronize on this.
     */
    private @Nullable List<StopHook> stopHooks = List.of();

    private @Nullable List<StopHook> unblockHooks = List.of();

    /** @param path that of the worker, which a pacemaker has at hand */
    Run(Incarnation incarnation, ManagedWorker worker, String path, @Nullable Pacemaker pacemaker, long latenessNanos) {
        this.incarnation = incarnation;
        this.path = path;
        this.worker = worker;
        this.pacemaker = pacemaker;
        this.latenessNanos = latenessNanos;
        this.calls = new Calls(incarnation.tree(), worker, () -> incarnation.isCancelled() || timedOut || ended);
    }

    /** Makes and starts its thread. What goes wrong there is a failure of this run. */
    void start() {
        try {
            Thread made = incarnation.tree().threads().make(worker.effectiveThreads(), path, this);
            thread = made;
            incarnation.running(this);
            made.start();
        } catch (Throwable e) {
            finish(0, new IllegalStateException("No thread could be had for a run of " + worker + ": " + e, e));
        }
    }

    @Override
    public void run() {
        if (worker.awaitReady() == null) {
            worker.advance(NodeState.RUNNING);
        }
        long begun = System.nanoTime();
        Throwable failure = null;
        try {
            if (!isStopping() || (worker.isPending() && !isCancelled())) {
                MDC.put(MdcCapture.WORKER, path);
                long now = nanoTime();
                worker.progressLog().begun(now);
                worker.log()
                        .started(
                                incarnation.tree().ticker().instantOf(now, now),
                                pacemaker == null ? null : Duration.ofNanos(latenessNanos));
                startTimeout(begun);
                restored = worker.carried().restore();
                observed = incarnation.tree().observers().begun(this, worker);
                worker.body().run(this);
            }
        } catch (Throwable e) {
            failure = e;
        }
        closeLeftOpen();
        finish(System.nanoTime() - begun, failure);
    }

    private void finish(long nanos, @Nullable Throwable thrown) {
        Throwable failure = judge(thrown);
        ended = true;
        worker.progressLog().resting();
        // Logging on an interrupted thread may close a log file that is an NIO channel.
        Thread.interrupted();
        Tick pending = timeout;
        if (pending != null) {
            incarnation.tree().ticker().cancel(pending);
        }
        Duration took = Duration.ofNanos(nanos);
        Runnable record = () -> worker.log().finished(incarnation.tree().ticker()::now, took, failure);
        boolean last = failure != null && (pacemaker == null || Supervisor.isFinal(failure));
        try {
            if (pacemaker != null) {
                pacemaker.finished(record, last);
            } else {
                record.run();
            }
            worker.tell(incarnation, took, failure);
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

    /** Undoes what was bound to the thread, after the last line that is logged of this run. */
    private void leaveThread(@Nullable Throwable failure) {
        observed.ended(failure);
        try {
            restored.close();
        } catch (Throwable e) {
            log.warn("What was carried to a run of {} could not be taken back", worker, e);
        }
    }

    /** What the body has left open would outlive it. */
    private void closeLeftOpen() {
        for (TaskGroup<?> open : openHere()) {
            open.closeLeftBy(toString());
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
        return mine == null ? path : mine.getName();
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public void wake() {
        Set<Thread> asleep = sleepers;
        if (asleep != null) {
            asleep.forEach(LockSupport::unpark);
        }
    }

    private Set<Thread> sleepers() {
        synchronized (calls) {
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
            calls.free();
            mine.interrupt();
        }
    }

    @Override
    public List<StopHook> take(StopStage stage) {
        synchronized (calls) {
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
        return incarnation.isStopping() || timedOut || ended || calls.isExpired();
    }

    @Override
    public boolean isCancelled() {
        return calls.isCancelled();
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
        Set<Thread> asleep = sleepers();
        asleep.add(sleeper);
        resting();
        try {
            while (true) {
                boolean stopping = isStopping(); // asked first, as it is signalled last
                if (Thread.interrupted() || isCancelled()) {
                    throw new InterruptedException(worker + " is to stop at once");
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
            asleep.remove(sleeper);
            working();
        }
    }

    /** Its own thread waits where it may: that is no stall. */
    void resting() {
        if (Thread.currentThread() == thread) {
            worker.progressLog().resting();
        }
    }

    /** It no longer waits. */
    void working() {
        if (Thread.currentThread() == thread && !ended) {
            worker.progressLog().working(nanoTime());
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
        return calls.within(limit, call);
    }

    @Override
    public <R extends @Nullable Object> R interruptibly(Callable<R> call, StopHook onCancel) throws Exception {
        requireOwnThread("interruptibly");
        return calls.interruptibly(call, Objects.requireNonNull(onCancel, "onCancel"));
    }

    @Override
    public void progress(long done, long total) {
        if (done < 0) {
            throw new IllegalArgumentException("The progress of " + worker + " must not be negative, but was " + done);
        }
        if (!ended) {
            worker.progressLog().report(nanoTime(), done, total < 0 ? null : total);
        }
    }

    @Override
    public void progress(String note) {
        Objects.requireNonNull(note, "note");
        if (!ended) {
            worker.progressLog().report(nanoTime(), note);
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
        long left = Math.min(incarnation.nanosLeft(), calls.nanosLeft());
        return timeout == null ? left : Math.min(left, timeoutNanos - System.nanoTime());
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
        synchronized (calls) {
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
            synchronized (calls) {
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
        Tick expiry = new Tick() {
            @Override
            void fire(long now) {
                timedOut = true;
                wake();
                incarnation
                        .tree()
                        .stopThreads()
                        .execute(StopThreads.Job.of("The interrupt of", worker, Run.this::expire));
            }
        };
        timeoutNanos = begun + limit.toNanos();
        timeout = expiry;
        Ticker ticker = incarnation.tree().ticker();
        ticker.schedule(expiry, ticker.nanoTime() + limit.toNanos());
    }
}
