package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A body of work with exactly one owner, which starts it, stops it and waits for it.
 *
 * <p>It <em>loops</em>: its body runs once and goes on until {@link WorkerContext#isStopping()}; or it is
 * <em>periodic</em>: its body is one unit of work and returns. A periodic worker never overlaps itself; a failed run is
 * recorded and the next one comes. Each run has a new thread, which is a daemon.
 *
 * <p>A {@link Heartbeat} is a periodic worker too, for small regular beats about which one asks when the next is due.
 *
 * <p>Safe for use by many threads.
 */
public final class ManagedWorker extends Node implements Managed {

    private static final Logger log = LoggerFactory.getLogger(ManagedWorker.class);

    private static final AtomicReferenceFieldUpdater<ManagedWorker, ProgressLog> PROGRESS_LOG =
            AtomicReferenceFieldUpdater.newUpdater(ManagedWorker.class, ProgressLog.class, "progressLog");

    /** Changes only as long as nobody owns it, as does the next. */
    private volatile Spec spec;

    private final WorkerBody body;

    /** Made by the first report, unless silence counts as a stall: then it is there from the beginning. */
    private volatile @Nullable ProgressLog progressLog;

    private final RunLog runLog = new RunLog();

    /** What was bound to the thread that handed it to its owner; null unless that was the body of another worker. */
    private volatile ContextCapture.@Nullable Captured carried;

    /** Made at the first end that nobody asked for. */
    private volatile @Nullable Supervisor supervisor;

    /**
     * What the builder has settled. A worker that has instances has no schedule or body of its own to run; others have
     * none of those.
     *
     * @param id null if that is the name
     */
    private record Spec(
            @Nullable String id,
            @Nullable String ownedBy,
            @Nullable Schedule schedule,
            @Nullable Duration timeout,
            @Nullable Duration stallAfter,
            @Nullable RestartPolicy restart,
            @Nullable Duration awaitReady,
            int instances,
            Intake intake,
            List<StopHook> onStop,
            List<StopHook> onUnblock,
            Supplier<Map<String, Object>> details) {

        static final Supplier<Map<String, Object>> NO_DETAILS = Map::of;

        private static final Spec DEFAULT =
                new Spec(null, null, null, null, null, null, null, 0, Intake.NONE, List.of(), List.of(), NO_DETAILS);

        /** Returns this, or the one that all workers share for which nothing was set. */
        Spec shared() {
            return setsNothing() ? DEFAULT : this;
        }

        /** Not by equals(), which would ask what is a user's, and which a record has to link at the first start. */
        private boolean setsNothing() {
            return id == null
                    && ownedBy == null
                    && schedule == null
                    && timeout == null
                    && stallAfter == null
                    && restart == null
                    && awaitReady == null
                    && instances == 0
                    && intake == Intake.NONE
                    && onStop.isEmpty()
                    && onUnblock.isEmpty()
                    && details == NO_DETAILS;
        }
    }

    private ManagedWorker(String name, NodeKind kind, Policy policy, String createdAt, Spec spec, WorkerBody body) {
        super(name, kind, policy, createdAt);
        this.spec = spec;
        this.body = body;
        this.progressLog = spec.stallAfter == null ? null : new ProgressLog(spec.stallAfter);
    }

    /**
     * Begins to build a worker.
     *
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens
     * @return a builder, to be ended with {@link Builder#run}
     * @throws IllegalArgumentException if the name is not legal
     */
    public static Builder named(String name) {
        return new Builder(Names.check("A worker", name), CallSite.current());
    }

    /** Returns what names it in logs, metrics and properties; its name unless set otherwise. */
    @Override
    public String id() {
        String own = spec.id;
        return own == null ? name() : own;
    }

    /** Returns the path of the owner that it asks for, below the root, or null if it does not mind. */
    public @Nullable String ownedBy() {
        return spec.ownedBy;
    }

    @Override
    public ManagedWorker worker() {
        return this;
    }

    /** Whether it runs by a schedule, each run being one unit of work, rather than looping until it is told to stop. */
    public boolean isPeriodic() {
        return spec.schedule != null;
    }

    /** Returns the restart policy it was built with, or null if it takes what its owner has. */
    public @Nullable RestartPolicy restartPolicy() {
        return spec.restart;
    }

    /**
     * Changes what it was built with, as long as it has no owner. What {@code changes} sets takes the place of what was
     * set before, a schedule that of any other; all else stays.
     *
     * @param changes given a builder that holds its settings
     * @throws IllegalStateException if it has an owner already
     * @throws IllegalArgumentException if the settings do not fit together; nothing has changed then
     */
    public void amend(Consumer<? super Builder> changes) {
        Builder settings = new Builder(this);
        changes.accept(settings);
        ManagedWorker amended = settings.run(body);
        becomeLike(amended, () -> {
            spec = amended.spec;
            progressLog = amended.progressLog;
        });
    }

    /** Asks the trigger again when the next run is due; does nothing without a trigger, or while not running. */
    public void reschedule() {
        Incarnation incarnation = current();
        Pacemaker pacemaker = incarnation == null ? null : incarnation.pacemaker();
        if (pacemaker != null) {
            pacemaker.reschedule();
        }
    }

    // Node

    /** That of its log, which is held for a moment and calls nobody: one object less for each worker. */
    @Override
    Object monitor() {
        return runLog;
    }

    @Override
    boolean hasBody() {
        return spec.instances == 0;
    }

    @Override
    void launch(Incarnation incarnation) {
        if (!hasBody()) {
            spec.intake.open(incarnation);
            advance(NodeState.RUNNING);
        } else if (spec.schedule == null) {
            if (incarnation.hold()) {
                new Run(incarnation, this, null).start();
            }
        } else {
            Pacemaker pacemaker = new Pacemaker(incarnation, this, spec.schedule);
            incarnation.pacedBy(pacemaker);
            advance(NodeState.RUNNING);
            pacemaker.start();
        }
    }

    @Override
    void signalled() {
        spec.intake.changed();
    }

    @Override
    void ended() {
        spec.intake.changed();
    }

    @Override
    String schedule() {
        if (!hasBody()) {
            return spec.instances + " at once";
        }
        return spec.schedule == null ? "loops" : spec.schedule.toString();
    }

    @Override
    @Nullable
    RunStats runStats() {
        return hasBody() ? runLog.stats() : null;
    }

    @Override
    @Nullable
    Progress progress() {
        Incarnation incarnation = current();
        ProgressLog log = progressLog;
        if (incarnation == null || log == null) {
            return null;
        }
        Ticker ticker = incarnation.tree().ticker();
        return log.at(ticker.now(), ticker.nanoTime());
    }

    @Override
    Map<String, Object> details() {
        try {
            return spec.details.get();
        } catch (RuntimeException e) {
            return Map.of("error", String.valueOf(e));
        }
    }

    @Override
    List<StopHook> hooks(StopStage stage) {
        Incarnation incarnation = current();
        Activity run = incarnation == null ? null : incarnation.activity();
        List<StopHook> own = stage == StopStage.SIGNAL ? spec.onStop : spec.onUnblock;
        if (run == null || run.hasEnded()) {
            return own;
        }
        List<StopHook> ofRun = run.take(stage);
        if (ofRun.isEmpty()) {
            return own;
        }
        return Stream.concat(own.stream(), ofRun.stream()).toList();
    }

    @Override
    @Nullable
    Duration restartAfter(@Nullable Throwable cause) {
        Incarnation incarnation = current();
        return incarnation == null || !hasBody()
                ? null
                : supervisor().restartAfter(effectiveRestart(), incarnation, cause);
    }

    /** Only for the one thread on which an incarnation ends. */
    private Supervisor supervisor() {
        Supervisor known = supervisor;
        if (known == null) {
            supervisor = known = new Supervisor();
        }
        return known;
    }

    @Override
    Runnable escalation(Tree tree, @Nullable Throwable cause) {
        // The instances of one worker are not owned by it in the sense of who is to go down with them.
        Node above = parent();
        Node owner = above instanceof ManagedWorker whole && !whole.hasBody() ? above.parent() : above;
        return supervisor().escalation(effectiveRestart(), tree, this, owner, cause);
    }

    /** A periodic one needs none: its next run comes anyway. */
    private RestartPolicy effectiveRestart() {
        RestartPolicy restart = spec.restart;
        if (restart == null && spec.schedule != null) {
            return RestartPolicy.never();
        }
        for (Node above = parent(); restart == null && above != null; above = above.parent()) {
            restart = above.restartBelow();
        }
        return restart != null ? restart : RestartPolicy.onFailure();
    }

    @Override
    @Nullable
    Duration awaitReady() {
        return hasBody() ? spec.awaitReady : null;
    }

    /** How many numbered children it has by its own settings. */
    int instances() {
        return spec.instances;
    }

    // Run

    WorkerBody body() {
        return body;
    }

    @Nullable
    Duration timeout() {
        return spec.timeout;
    }

    /** It is handed over by a body, on the calling thread. */
    void carry(ContextCapture capture) {
        carried = capture.capture();
    }

    /** Returns what its runs find bound to their threads. */
    ContextCapture.Captured carried() {
        ContextCapture.Captured own = carried;
        if (own == null && parent() instanceof ManagedWorker whole && !whole.hasBody()) {
            own = whole.carried;
        }
        return own == null ? ContextCapture.Captured.NOTHING : own;
    }

    /** Whether a run has to begin though it was told to stop before it came to that. */
    boolean isPending() {
        return spec.intake.isPending();
    }

    RunLog log() {
        return runLog;
    }

    @Nullable
    ProgressLog progressLog() {
        return progressLog;
    }

    ProgressLog makeProgressLog() {
        if (progressLog == null) {
            PROGRESS_LOG.compareAndSet(this, null, new ProgressLog(null));
        }
        return Objects.requireNonNull(progressLog);
    }

    /** Tells log and listeners of a run that has been recorded. */
    void tell(Incarnation incarnation, Duration took, @Nullable Throwable failure) {
        if (failure != null) {
            int inARow = runLog.stats().consecutiveFailures();
            if (inARow == 1) {
                NodeLog.warn(log, this).setCause(failure).log("A run of {} failed", this);
            } else {
                NodeLog.warn(log, this)
                        .log("A run of {} failed, {} in a row: {}", this, inARow, NodeLog.oneLine(failure));
            }
        }
        incarnation.tree().events().ran(this, took, failure);
    }

    /** Builds a {@link ManagedWorker}. Not for use by many threads. */
    public static final class Builder {

        private final String name;
        private String createdAt;
        private String id;
        private NodeKind kind = NodeKind.WORKER;
        private @Nullable String ownedBy;
        private Schedule.@Nullable Pace pace;
        private boolean paceMayChange;
        private Duration period = Duration.ZERO;
        private @Nullable Trigger trigger;
        private Duration initialDelay = Duration.ZERO;
        private Duration jitter = Duration.ZERO;
        private @Nullable Duration timeout;
        private @Nullable Duration stallAfter;
        private @Nullable RestartPolicy restart;
        private @Nullable Duration awaitReady;
        private int concurrency = 1;
        private Intake intake = Intake.NONE;
        private @Nullable Duration stopTimeout;
        private @Nullable StopMode stopMode;
        private @Nullable ThreadKind threads;
        private @Nullable ContextCapture context;
        private final List<StopHook> onStop = new ArrayList<>();
        private final List<StopHook> onUnblock = new ArrayList<>();
        private Supplier<Map<String, Object>> details = Spec.NO_DETAILS;

        private Builder(String name, String createdAt) {
            this.name = name;
            this.id = name;
            this.createdAt = createdAt;
        }

        /** Holds the settings of {@code built}. */
        private Builder(ManagedWorker built) {
            this(built.name(), built.createdAt());
            Spec spec = built.spec;
            Policy policy = built.policy();
            this.id = built.id();
            this.kind = built.kind();
            this.ownedBy = spec.ownedBy;
            if (spec.schedule != null) {
                this.pace = spec.schedule.pace();
                this.paceMayChange = true;
                this.period = spec.schedule.period();
                this.trigger = spec.schedule.trigger();
                this.initialDelay = spec.schedule.initialDelay();
                this.jitter = spec.schedule.jitter();
            }
            this.timeout = spec.timeout;
            this.stallAfter = spec.stallAfter;
            this.restart = spec.restart;
            this.awaitReady = spec.awaitReady;
            this.concurrency = Math.max(1, spec.instances);
            this.intake = spec.intake;
            this.stopTimeout = policy.stopTimeout();
            this.stopMode = policy.stopMode();
            this.threads = policy.threads();
            this.context = policy.context();
            this.onStop.addAll(spec.onStop);
            this.onUnblock.addAll(spec.onUnblock);
            this.details = spec.details;
        }

        /** Sets what names it in logs, metrics and properties. By default its name. */
        public Builder id(String id) {
            this.id = Names.check("The id of a worker", id);
            return this;
        }

        /** Sets the owner that it asks for: a path below the root, such as {@code notifications}. By default the root. */
        public Builder ownedBy(@Nullable String ownerPath) {
            this.ownedBy = ownerPath == null ? null : Names.checkPath("The owner of '" + name + "'", ownerPath);
            return this;
        }

        /** Makes it periodic at a fixed rate; beats that come due during a run are skipped and counted. */
        public Builder every(Duration period) {
            return paced(Schedule.Pace.RATE, Durations.positive("'every' of '" + name + "'", period), null);
        }

        /** Makes it periodic, each run beginning that long after the end of the one before. */
        public Builder fixedDelay(Duration delay) {
            return paced(Schedule.Pace.DELAY, Durations.positive("'fixedDelay' of '" + name + "'", delay), null);
        }

        /** Makes it periodic, each run beginning when the trigger says; those that come due during a run are skipped. */
        public Builder trigger(Trigger trigger) {
            Objects.requireNonNull(trigger, "The trigger of '" + name + "' must not be null");
            return paced(Schedule.Pace.TRIGGER, Duration.ZERO, trigger);
        }

        /** Sets how long after the start the first run of a periodic worker comes. By default it comes at once. */
        public Builder initialDelay(Duration initialDelay) {
            this.initialDelay = Durations.notNegative("'initialDelay' of '" + name + "'", initialDelay);
            return this;
        }

        /** Has each run of a periodic worker come up to that much later, at random. By default zero. */
        public Builder jitter(Duration jitter) {
            this.jitter = Durations.notNegative("'jitter' of '" + name + "'", jitter);
            return this;
        }

        /** Cancels and interrupts a run that takes longer, and counts it as failed. By default none is. */
        public Builder timeout(@Nullable Duration timeout) {
            this.timeout = timeout == null ? null : Durations.positive("'timeout' of '" + name + "'", timeout);
            return this;
        }

        /**
         * Has a run count as stalled that has given no sign of life for so long: no {@link WorkerContext#progress} and no
         * {@link WorkerContext#sleep}; while it sleeps there it is not. That is shown, and nothing else comes of it. By
         * default none ever counts as stalled.
         */
        public Builder stallAfter(@Nullable Duration stallAfter) {
            this.stallAfter =
                    stallAfter == null ? null : Durations.positive("'stallAfter' of '" + name + "'", stallAfter);
            return this;
        }

        /** Runs a looping body that many times side by side, as numbered children. By default 1. */
        public Builder concurrency(int concurrency) {
            if (concurrency < 1 || concurrency > 10_000) {
                throw new IllegalArgumentException(
                        "'concurrency' of '" + name + "' must be from 1 to 10000, but was " + concurrency);
            }
            this.concurrency = concurrency;
            return this;
        }

        /**
         * Sets when a looping body is started again. By default what its owner has, which is {@link
         * RestartPolicy#onFailure()} unless one says otherwise. A periodic worker takes none: its next run comes anyway.
         */
        public Builder restart(RestartPolicy restart) {
            this.restart = Objects.requireNonNull(restart, "restart");
            return this;
        }

        /** Has a start wait, so long at most, until the body calls {@link WorkerContext#ready()}. By default it does not. */
        public Builder awaitReady(@Nullable Duration awaitReady) {
            this.awaitReady =
                    awaitReady == null ? null : Durations.positive("'awaitReady' of '" + name + "'", awaitReady);
            return this;
        }

        /** Sets the most it gets to stop, of which the last sixth is the force stage. By default what its owner has. */
        public Builder stopTimeout(@Nullable Duration stopTimeout) {
            this.stopTimeout =
                    stopTimeout == null ? null : Durations.positive("'stopTimeout' of '" + name + "'", stopTimeout);
            return this;
        }

        /** Sets what it does when told to stop. By default what its owner does. */
        public Builder stopMode(@Nullable StopMode stopMode) {
            this.stopMode = stopMode;
            return this;
        }

        /** Sets the kind of its threads. By default that of its owner. */
        public Builder threads(@Nullable ThreadKind threads) {
            this.threads = threads;
            return this;
        }

        /** Sets what is carried to work that is handed to it or below. By default as its owner says. */
        public Builder context(@Nullable ContextCapture context) {
            this.context = context;
            return this;
        }

        /** Adds a hook that runs with the stop signal, after those added before. */
        public Builder onStop(StopHook hook) {
            onStop.add(Objects.requireNonNull(hook, "An onStop hook of '" + name + "' must not be null"));
            return this;
        }

        /** Adds a hook that frees it from what ignores interrupts: see {@link WorkerContext#onUnblock}. */
        public Builder onUnblock(StopHook hook) {
            onUnblock.add(Objects.requireNonNull(hook, "An onUnblock hook of '" + name + "' must not be null"));
            return this;
        }

        /** Sets what it is shown as. By default a worker. */
        public Builder kind(NodeKind kind) {
            this.kind = Objects.requireNonNull(kind, "kind");
            return this;
        }

        /** Sets what its snapshots show besides; asked for each snapshot, on any thread, and must not block. */
        public Builder details(Supplier<Map<String, Object>> details) {
            this.details = Objects.requireNonNull(details, "details");
            return this;
        }

        /** Sets the queue in front of it. It has numbered instances then, even if it is only one. */
        Builder intake(Intake intake) {
            this.intake = intake;
            return this;
        }

        /** Sets the line of code that is named as its origin. By default the line that called {@link #named}. */
        public Builder createdAt(String createdAt) {
            this.createdAt = Objects.requireNonNull(createdAt, "createdAt");
            return this;
        }

        /**
         * Builds the worker. It does not run before an {@link Owner} starts it.
         *
         * @param body the work, never null
         * @return the worker
         * @throws IllegalArgumentException if the settings do not fit together
         */
        public ManagedWorker run(WorkerBody body) {
            Objects.requireNonNull(body, "The body of '" + name + "' must not be null");
            if (pace != null && concurrency > 1) {
                throw new IllegalArgumentException("'" + name + "' is periodic and has concurrency " + concurrency
                        + ", but a periodic worker never overlaps itself: leave one of them out");
            }
            if (pace == null && !(initialDelay.isZero() && jitter.isZero())) {
                throw new IllegalArgumentException("'" + name
                        + "' loops, so it has no use for initialDelay or jitter: make it periodic with every,"
                        + " fixedDelay or trigger, or leave them out");
            }
            if (pace != null && restart != null) {
                throw new IllegalArgumentException(
                        "'" + name
                                + "' is periodic, so it has no use for a restart policy: its next run comes anyway; leave it out");
            }
            Schedule schedule = pace == null ? null : new Schedule(pace, period, trigger, initialDelay, jitter);
            Policy policy = Policy.of(stopTimeout, stopMode, threads, context);
            int instances = concurrency > 1 || intake != Intake.NONE ? concurrency : 0;
            Spec spec = new Spec(
                    id.equals(name) ? null : id,
                    ownedBy,
                    schedule,
                    timeout,
                    stallAfter,
                    restart,
                    awaitReady,
                    instances,
                    intake,
                    List.copyOf(onStop),
                    List.copyOf(onUnblock),
                    details);
            ManagedWorker worker = new ManagedWorker(name, kind, policy, createdAt, spec.shared(), body);
            NodeKind instanceKind = kind == NodeKind.POOL ? NodeKind.WORKER : kind;
            for (int i = 1; i <= instances; i++) {
                Spec instance = new Spec(
                        id + "." + i,
                        null,
                        null,
                        timeout,
                        stallAfter,
                        restart,
                        awaitReady,
                        0,
                        intake,
                        List.of(),
                        List.of(),
                        Spec.NO_DETAILS);
                worker.adopt(
                        new ManagedWorker(String.valueOf(i), instanceKind, Policy.INHERITED, createdAt, instance, body),
                        false);
            }
            return worker;
        }

        private Builder paced(Schedule.Pace newPace, Duration newPeriod, @Nullable Trigger newTrigger) {
            if (pace != null && !paceMayChange) {
                throw new IllegalArgumentException(
                        "'" + name + "' has a schedule already: use one of every, fixedDelay and trigger");
            }
            this.pace = newPace;
            this.paceMayChange = false;
            this.period = newPeriod;
            this.trigger = newTrigger;
            return this;
        }
    }
}
