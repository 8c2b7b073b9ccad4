package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Paces one incarnation of a periodic worker: starts its runs when they are due, one at a time, and skips what comes due
 * while one is at work.
 *
 * <p>{@link #fire} is called on the ticker's thread, {@link #finished} on that of the run. The monitor guards the fields;
 * the trigger is asked under it, which is why a trigger must not block.
 */
final class Pacemaker extends Tick {

    /** A wall clock may be set: a trigger's time is looked at again at least this often. */
    private static final long LONGEST_LOOK_AHEAD = Duration.ofSeconds(30).toNanos();

    private final Incarnation incarnation;
    private final ManagedWorker worker;
    private final Schedule schedule;
    private final Ticker ticker;

    private final boolean virtual;

    private final PresentRuns presentRuns;
    private final int place;

    /** When the next run is due on the grid, before jitter. */
    private long due;
    /** When the next run is due by the wall clock, for a trigger. */
    private @Nullable Instant dueAt;

    private boolean busy;

    /** How late the present run was begun. Written before that is handed to its thread, and not again before it ends. */
    private long lateNanos;

    /** Whether a run was left out during the present one, which is the one that is due then. */
    private boolean overdue;
    /** When the next run is planned by the wall clock, in {@link EpochNanos}, whatever is overdue. */
    private long planned = EpochNanos.NONE;

    private volatile boolean stopped;

    Pacemaker(Incarnation incarnation, ManagedWorker worker, Schedule schedule) {
        this.incarnation = incarnation;
        this.worker = worker;
        this.schedule = schedule;
        this.ticker = incarnation.tree().ticker();
        this.virtual = worker.effectiveThreads() == ThreadKind.VIRTUAL && VirtualThreads.areAvailable();
        // With the tree's lock held.
        this.presentRuns = incarnation.tree().presentRuns();
        this.place = presentRuns.take();
    }

    synchronized void start() {
        long now = ticker.nanoTime();
        due = now + schedule.initialDelay().toNanos();
        if (schedule.pace() == Schedule.Pace.TRIGGER) {
            askTrigger(ticker.now().plus(schedule.initialDelay()));
        } else {
            schedule(due, now);
        }
    }

    /** Begins no further run. Without the monitor, in which a trigger may be stuck. */
    void stop() {
        stopped = true;
        ticker.cancel(this);
        worker.log().nextDue(EpochNanos.NONE);
    }

    /** Asks the trigger again. */
    synchronized void reschedule() {
        if (!stopped && schedule.pace() == Schedule.Pace.TRIGGER) {
            askTrigger(ticker.now());
        }
    }

    @Override
    void fire(long now) {
        Run run;
        synchronized (this) {
            if (stopped || !isDue()) {
                return;
            }
            if (busy) {
                worker.log().skipped();
                incarnation.tree().events().skipped(worker);
                overdue = true;
                planNext(now);
                return;
            }
            if (!incarnation.hold()) {
                return;
            }
            busy = true;
            lateNanos = Math.max(0, now - due);
            run = new Run(incarnation, worker, this);
            if (schedule.pace() == Schedule.Pace.DELAY) {
                show(EpochNanos.NONE); // not known before the end of this one
            } else {
                planNext(now);
            }
        }
        if (virtual) {
            incarnation.tree().launcher().launch(run);
        } else {
            run.start();
        }
    }

    /** Returns the run that is at work, or null. */
    @Nullable
    Activity present() {
        return presentRuns.at(place);
    }

    void began(Activity run) {
        presentRuns.put(place, run);
    }

    /** Lets go of {@code run}, unless the next has begun. */
    void ended(Activity run) {
        presentRuns.remove(place, run);
    }

    /** Returns how late the present run was begun. For its own thread. */
    Duration lateness() {
        return Duration.ofNanos(lateNanos);
    }

    /**
     * A run has ended.
     *
     * @param record puts it on record; called so that whoever sees the record can rely on the next run being possible
     * @param last whether none is to follow
     */
    void finished(Runnable record, boolean last) {
        synchronized (this) {
            try {
                record.run();
            } finally {
                busy = last;
            }
            if (overdue) {
                overdue = false;
                show(planned);
            }
            if (schedule.pace() == Schedule.Pace.DELAY && !stopped) {
                long now = ticker.nanoTime();
                due = now + schedule.period().toNanos();
                schedule(due, now);
            }
        }
    }

    /** Whether it is time; if the wall clock says not yet, looks again later. */
    private boolean isDue() {
        Instant at = dueAt;
        if (at == null || !ticker.now().isBefore(at)) {
            return true;
        }
        scheduleFor(at);
        return false;
    }

    private void planNext(long now) {
        if (schedule.pace() == Schedule.Pace.TRIGGER) {
            askTrigger(ticker.now());
            return;
        }
        long period = schedule.period().toNanos();
        due += period;
        long behind = now - due;
        if (behind >= 0 && schedule.pace() == Schedule.Pace.RATE) {
            long missed = behind / period + 1;
            due += missed * period;
            worker.log().skipped(missed);
        }
        schedule(due, now);
    }

    private void askTrigger(Instant now) {
        try {
            Instant next = schedule.nextAfter(now);
            dueAt = next;
            if (next == null) {
                ticker.cancel(this);
                show(EpochNanos.NONE);
            } else {
                scheduleFor(next);
            }
        } catch (Throwable e) {
            stopped = true;
            Throwable failure = new IllegalStateException("The trigger of " + worker + " failed: " + e, e);
            // Not here, where the monitor is held.
            incarnation
                    .tree()
                    .stopThreads()
                    .execute(StopThreads.Job.of("The failure of", worker, () -> incarnation.fail(failure)));
        }
    }

    private void scheduleFor(Instant at) {
        // In this order: should time jump in between, it is looked at too early rather than too late.
        long now = ticker.nanoTime();
        long wait = Math.max(0, Run.nanosOf(Duration.between(ticker.now(), at)));
        due = now + Math.min(wait, LONGEST_LOOK_AHEAD);
        show(EpochNanos.of(at));
        scheduleUnlessStopped(wait <= LONGEST_LOOK_AHEAD ? due + schedule.jitterNanos() : due, now);
    }

    private void schedule(long at, long now) {
        long jittered = at + schedule.jitterNanos();
        show(ticker.epochNanosOf(jittered, now));
        scheduleUnlessStopped(jittered, now);
    }

    /**
     * A run that hangs stays overdue, though those after it are planned as before.
     *
     * @param next by {@link EpochNanos}
     */
    private void show(long next) {
        planned = next;
        if (!overdue) {
            worker.log().nextDue(next);
        }
        if (stopped) {
            worker.log().nextDue(EpochNanos.NONE);
        }
    }

    private void scheduleUnlessStopped(long at, long now) {
        ticker.schedule(this, at, now);
        if (stopped) {
            ticker.cancel(this);
            worker.log().nextDue(EpochNanos.NONE);
        }
    }
}
