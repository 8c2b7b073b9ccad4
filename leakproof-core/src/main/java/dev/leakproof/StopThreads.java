package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two daemons of a stop. The <em>hand</em> does what may block: it interrupts, runs hooks and samples stacks, one job
 * after the other. The <em>watch</em> keeps the timetable, and sees to it that a job on which the hand is stuck holds up
 * no other.
 *
 * <p>Both are there before the first stop, so a stop needs no new thread unless the hand gets stuck. Jobs are handed over
 * without a lock: a virtual thread that holds or awaits one could be kept off its carrier for as long as those are busy.
 */
final class StopThreads {

    /** A job that takes longer is named in the report, and the hand is replaced. */
    static final Duration PATIENCE = Duration.ofMillis(100);

    /** A hand stuck for good is a leak of our own: beyond so many, further hooks are skipped. */
    private static final int MOST_STUCK = 64;

    private static final Logger log = LoggerFactory.getLogger(StopThreads.class);

    private static final AtomicReferenceFieldUpdater<StopThreads, Assignment> CURRENT =
            AtomicReferenceFieldUpdater.newUpdater(StopThreads.class, Assignment.class, "current");

    private final String treeName;
    private final ThreadMaker threads;
    private final LongSupplier timetable;
    private final long patienceNanos;

    /** Those of one start of the tree; a hand serves the one it began with. */
    private volatile Deque<Job> jobs = new ConcurrentLinkedDeque<>();

    /** Each thread goes on for as long as it is the one named here. */
    private volatile @Nullable Thread watch;

    private volatile @Nullable Thread hand;

    /** What the hand is at. Whoever clears it, the hand or the watch, decides whether the hand goes on. */
    private volatile @Nullable Assignment current;

    private volatile boolean watchIdle;

    /** Whether there may be more in the timetable than the watch has seen. */
    private volatile boolean nudged;

    private final AtomicInteger stuck = new AtomicInteger();

    private record Assignment(Thread hand, Job job, long until) {

        boolean isHeldUp() {
            return nanosLeft() <= 0;
        }

        long nanosLeft() {
            return until - System.nanoTime();
        }
    }

    /**
     * Threads for one tree, not started.
     *
     * @param timetable does what is due, without blocking, and returns the nanoseconds until more is due, or
     *     Long.MAX_VALUE; called on the watch
     * @param patience with a job
     */
    StopThreads(String treeName, ThreadMaker threads, LongSupplier timetable, Duration patience) {
        this.treeName = treeName;
        this.threads = threads;
        this.timetable = timetable;
        this.patienceNanos = patience.toNanos();
    }

    /** One thing to do. Its methods are called without a lock. */
    abstract static class Job {

        private final String what;
        private final Object whose;

        /** Its name is only put together when something goes wrong. */
        Job(String what, Object whose) {
            this.what = what;
            this.whose = whose;
        }

        /** Does it; on the hand. */
        abstract void run() throws Exception;

        /** Whether it runs code that is not ours, which the watch never does. */
        boolean isForeign() {
            return false;
        }

        /** It could not be done, or not as it should: it threw, is stuck, or was skipped. */
        void wentWrong(String how, @Nullable Throwable cause) {
            log.warn("{} {}", this, how, cause);
        }

        /** Returns what it does and to whom. */
        @Override
        public final String toString() {
            return what + " " + whose;
        }

        static Job of(String what, Object whose, Runnable action) {
            return new Job(what, whose) {
                @Override
                void run() {
                    action.run();
                }
            };
        }
    }

    synchronized void start() {
        if (watch == null) {
            Thread made = threads.service("leakproof-stop-watch-" + treeName, this::keepWatch);
            watch = made;
            try {
                made.start();
            } catch (Throwable e) {
                watch = null;
                throw e;
            }
            startHand();
        }
    }

    /** Lets both threads end, the hand after the hooks that are left. Returns those that will: all but the stuck. */
    synchronized List<Thread> stop() {
        Thread watching = watch;
        Thread working = hand;
        List<Thread> ending = new ArrayList<>(2);
        if (watching != null) {
            ending.add(watching);
        }
        if (working != null) {
            ending.add(working);
        }
        jobs = new ConcurrentLinkedDeque<>();
        watch = null;
        hand = null;
        current = null;
        for (Thread each : ending) {
            LockSupport.unpark(each);
        }
        return ending;
    }

    @Nullable
    Thread watch() {
        return watch;
    }

    @Nullable
    Thread hand() {
        return hand;
    }

    /** Does {@code job} after all others. */
    void execute(Job job) {
        if (isRunning(job)) {
            jobs.addLast(job);
            wakeWorker();
        }
    }

    /** Does {@code job} before those that wait. */
    void executeFirst(Job job) {
        if (isRunning(job)) {
            jobs.addFirst(job);
            wakeWorker();
        }
    }

    /** Has the watch look at the timetable again. */
    void nudge() {
        nudged = true;
        LockSupport.unpark(watch);
    }

    private boolean isRunning(Job job) {
        boolean running = watch != null;
        if (!running) {
            job.wentWrong("was skipped: the tree has stopped", null);
        }
        return running;
    }

    private void wakeWorker() {
        Thread worker = hand;
        LockSupport.unpark(worker == null ? watch : worker);
    }

    private void startHand() {
        try {
            Thread made = threads.service("leakproof-stop-hand-" + treeName, this::work);
            hand = made;
            made.start();
        } catch (Throwable e) {
            hand = null;
            log.warn("No new stop thread can be had for the tree {}", treeName, e);
        }
    }

    // The hand

    private void work() {
        Deque<Job> mine = jobs;
        serve(mine);
        if (jobs != mine) {
            // The tree has stopped, and what is ours has no more to do. A worker may have left a hook with its last
            // line.
            for (Job job = mine.pollFirst(); job != null; job = mine.pollFirst()) {
                if (job.isForeign()) {
                    perform(job);
                }
            }
        }
    }

    private void serve(Deque<Job> mine) {
        Thread me = Thread.currentThread();
        while (hand == me) {
            Job job = mine.pollFirst();
            if (job == null) {
                LockSupport.park(this);
                continue;
            }
            Assignment assignment = new Assignment(me, job, System.nanoTime() + patienceNanos);
            current = assignment;
            if (watchIdle) {
                nudge();
            }
            perform(job);
            // A hook may have left its thread interrupted.
            Thread.interrupted();
            if (!CURRENT.compareAndSet(this, assignment, null) && !takesOver(me, mine)) {
                return;
            }
        }
    }

    /** A hand that was given up on comes back: it goes on if no other could be had, and the tree has not stopped. */
    private synchronized boolean takesOver(Thread me, Deque<Job> mine) {
        stuck.updateAndGet(count -> Math.max(0, count - 1));
        if (jobs == mine && hand == null) {
            hand = me;
        }
        return hand == me;
    }

    private static void perform(Job job) {
        try {
            job.run();
        } catch (Throwable e) {
            job.wentWrong("failed: " + e, e);
        }
    }

    // The watch

    private void keepWatch() {
        Thread me = Thread.currentThread();
        while (watch == me) {
            nudged = false;
            long untilNext = timetable.getAsLong();
            Assignment assignment = current;
            Job orphan = hand == null ? jobs.pollFirst() : null;
            if (orphan != null) {
                performHere(orphan);
            } else if (assignment != null && assignment.isHeldUp()) {
                giveUpOn(assignment);
            } else {
                rest(assignment, untilNext);
            }
        }
    }

    private void rest(@Nullable Assignment assignment, long untilNext) {
        watchIdle = assignment == null;
        try {
            // The timetable may have waited for a lock, and used up a wake-up.
            if (nudged || watch != Thread.currentThread() || (assignment == null && current != null)) {
                return;
            }
            LockSupport.parkNanos(this, assignment == null ? untilNext : Math.min(untilNext, assignment.nanosLeft()));
        } finally {
            watchIdle = false;
        }
    }

    /** Says so first, so that it is in the report of the stop that goes on. */
    private void giveUpOn(Assignment assignment) {
        assignment.job().wentWrong("is stuck at " + Stacks.where(Stacks.of(assignment.hand())), null);
        if (CURRENT.compareAndSet(this, assignment, null)) {
            synchronized (this) {
                if (watch == null) {
                    return;
                }
                hand = null;
                if (stuck.incrementAndGet() <= MOST_STUCK) {
                    startHand();
                }
            }
        }
    }

    /** There is no hand: what is ours is done here, so that the signals still arrive. */
    private static void performHere(Job job) {
        if (job.isForeign()) {
            job.wentWrong("was skipped: the stop threads are stuck and no new one can be had", null);
        } else {
            perform(job);
        }
    }
}
