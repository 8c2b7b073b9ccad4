package dev.leakproof;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two daemons of a stop. The <em>hand</em> does what may block: it interrupts, runs hooks and samples stacks, one job
 * after the other. The <em>watch</em> keeps the timetable, and sees to it that a job on which the hand is stuck holds up
 * no other.
 *
 * <p>Both are there before the first stop, so a stop needs no new thread unless the hand gets stuck.
 */
final class StopThreads {

    /** A job that takes longer is named in the report, and the hand is replaced. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A hand stuck for good is a leak of our own: beyond so many, further hooks are skipped. */
    private static final int MOST_STUCK = 64;

    private static final Logger log = LoggerFactory.getLogger(StopThreads.class);

    private final String treeName;
    private final LongSupplier timetable;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition jobsThere = lock.newCondition();
    private final Condition watchNeeded = lock.newCondition();
    private final Deque<Job> jobs = new ArrayDeque<>();
    private final Set<Thread> stuck = new HashSet<>();

    private @Nullable Thread watch;
    private volatile @Nullable Thread hand;
    private @Nullable Job current;
    private long currentSince;
    private boolean watchIdle;
    private boolean nudged;

    /**
     * Threads for one tree, not started.
     *
     * @param timetable does what is due, without blocking, and returns the nanoseconds until more is due, or
     *     Long.MAX_VALUE; called on the watch
     */
    StopThreads(String treeName, LongSupplier timetable) {
        this.treeName = treeName;
        this.timetable = timetable;
    }

    /** One thing to do. Its methods are called without a lock. */
    abstract static class Job {

        final String what;

        Job(String what) {
            this.what = what;
        }

        /** Does it; on the hand. */
        abstract void run() throws Exception;

        /** Whether it runs code that is not ours, which the watch never does. */
        boolean isForeign() {
            return false;
        }

        /** It could not be done, or not as it should: it threw, is stuck, or was skipped. */
        void wentWrong(String how, @Nullable Throwable cause) {
            log.warn("{} {}", what, how, cause);
        }

        static Job of(String what, Runnable action) {
            return new Job(what) {
                @Override
                void run() {
                    action.run();
                }
            };
        }
    }

    void start() {
        lock.lock();
        try {
            if (watch == null) {
                Thread made = Threads.service("leakproof-stop-watch-" + treeName, this::keepWatch);
                watch = made;
                made.start();
                startHand();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is left to do and lets both threads end. Returns those that will: all but the stuck. */
    List<Thread> stop() {
        lock.lock();
        try {
            List<Thread> ending =
                    Stream.of(watch, hand).filter(Objects::nonNull).toList();
            jobs.clear();
            watch = null;
            hand = null;
            jobsThere.signalAll();
            watchNeeded.signalAll();
            return ending;
        } finally {
            lock.unlock();
        }
    }

    /** Does {@code job} after all others. */
    void execute(Job job) {
        enqueue(job, false);
    }

    /** Does {@code job} before those that wait. */
    void executeFirst(Job job) {
        enqueue(job, true);
    }

    /** Has the watch look at the timetable again. */
    void nudge() {
        lock.lock();
        try {
            nudged = true;
            watchNeeded.signal();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(Job job, boolean first) {
        lock.lock();
        try {
            if (watch != null) {
                if (first) {
                    jobs.addFirst(job);
                } else {
                    jobs.addLast(job);
                }
                (hand == null ? watchNeeded : jobsThere).signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        job.wentWrong("was skipped: the tree has stopped", null);
    }

    private void startHand() {
        try {
            Thread made = Threads.service("leakproof-stop-hand-" + treeName, this::work);
            hand = made;
            made.start();
        } catch (Throwable e) {
            hand = null;
            log.warn("No new stop thread can be had for the tree {}", treeName, e);
        }
    }

    private void work() {
        while (true) {
            Job job = next();
            if (job == null) {
                return;
            }
            perform(job);
            // A hook may have left its thread interrupted.
            Thread.interrupted();
        }
    }

    private @Nullable Job next() {
        lock.lock();
        try {
            Thread me = Thread.currentThread();
            if (stuck.remove(me)) {
                return null;
            }
            current = null;
            while (hand == me && jobs.isEmpty()) {
                jobsThere.awaitUninterruptibly();
            }
            if (hand != me) {
                return null;
            }
            current = jobs.removeFirst();
            currentSince = System.nanoTime();
            if (watchIdle) {
                watchNeeded.signal();
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    private void perform(Job job) {
        try {
            job.run();
        } catch (Throwable e) {
            job.wentWrong("failed: " + e, e);
        }
    }

    private void keepWatch() {
        while (true) {
            long untilNext = timetable.getAsLong();
            Job orphan = null;
            Job held = null;
            lock.lock();
            try {
                if (watch != Thread.currentThread()) {
                    return;
                }
                if (hand == null && !jobs.isEmpty()) {
                    orphan = jobs.removeFirst();
                } else if (isHeldUp()) {
                    held = current;
                } else {
                    awaitChange(untilNext);
                }
            } finally {
                lock.unlock();
            }
            if (orphan != null) {
                performHere(orphan);
            }
            if (held != null) {
                giveUpOn(held);
            }
        }
    }

    /** Says so first, so that it is in the report of the stop that goes on. */
    private void giveUpOn(Job held) {
        Thread holder = hand;
        StackTraceElement[] stack = holder == null ? new StackTraceElement[0] : holder.getStackTrace();
        held.wentWrong("is stuck at " + (stack.length == 0 ? "an unknown line" : stack[0]), null);
        lock.lock();
        try {
            if (current == held) {
                replaceHand();
            }
        } finally {
            lock.unlock();
        }
    }

    private void replaceHand() {
        Thread holder = hand;
        current = null;
        hand = null;
        if (holder != null) {
            stuck.add(holder);
        }
        if (stuck.size() <= MOST_STUCK) {
            startHand();
        }
    }

    /** There is no hand: what is ours is done here, so that the signals still arrive. */
    private void performHere(Job job) {
        if (job.isForeign()) {
            job.wentWrong("was skipped: the stop threads are stuck and no new one can be had", null);
        } else {
            perform(job);
        }
    }

    private boolean isHeldUp() {
        return current != null && System.nanoTime() - currentSince >= PATIENCE_NANOS;
    }

    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
    private void awaitChange(long untilNext) {
        long wait = untilNext;
        if (current != null) {
            wait = Math.min(wait, PATIENCE_NANOS - (System.nanoTime() - currentSince));
        }
        watchIdle = current == null;
        try {
            if (!nudged && wait == Long.MAX_VALUE) {
                watchNeeded.await();
            } else if (!nudged) {
                watchNeeded.awaitNanos(wait);
            }
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt this thread, and the loop looks at everything anew.
        } finally {
            watchIdle = false;
            nudged = false;
        }
    }
}
