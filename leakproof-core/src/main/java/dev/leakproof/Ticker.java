package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one ticker of a tree: all periodic work, deadlines and backoffs come due on its one daemon thread.
 *
 * <p>A tick never fires early, and at most the slack late plus what the machine takes to wake a thread: what is due
 * within the same slack fires at one wake-up, in batches, because the wake-up is what costs. The slack is for time that
 * flows by itself; any other {@link TimeSource} is a test's and gone by to the nanosecond.
 *
 * <p>It is tickless: nothing due, no wake-up; and a tick that is later than what it sleeps for does not wake it.
 *
 * <p>A ticker that is not running is only late. Ticks may be scheduled before it starts, and those that are there when
 * it stops are kept: what came due meanwhile fires once it starts again.
 *
 * <p>All methods may be called on any thread, also from {@link Tick#fire}; none blocks for longer than it takes to move
 * the ticks of one slot.
 */
final class Ticker {

    static final Duration DEFAULT_SLACK = Duration.ofMillis(10);

    private static final Logger log = LoggerFactory.getLogger(Ticker.class);

    /** Enough that the lock costs next to nothing for a tick, few enough that nobody waits long for it. */
    private static final int BATCH = 256;

    private static final long AWAKE = Long.MIN_VALUE;
    private static final long OLDEST_READING = Duration.ofMillis(100).toNanos();
    private static final long FIRST_PAUSE = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(1).toNanos();

    private final String threadName;
    private final TimeSource time;
    private final ThreadFactory threads;
    private final Runnable afterBatch;

    /** Held through a start or stop; always taken before the other lock. */
    private final Object lifecycle = new Object();

    // Guarded by the lifecycle lock.
    private @Nullable Thread predecessor;
    private Registration advances = () -> {};

    /**
     * A monitor, not a ReentrantLock: a virtual thread that has been handed such a lock but finds no free carrier would
     * keep the ticker waiting behind it.
     */
    private final Object lock = new Object();

    // Guarded by the lock. Nothing is called out to while it is held.
    private final TickWheel wheel;
    private @Nullable Thread thread;
    /** The bucket until which the thread sleeps; a tick in an earlier one has to wake it. */
    private long sleepsUntil = AWAKE;

    private final AtomicLong wakeUps = new AtomicLong();

    /** Both clocks at one moment; any thread puts a newer one in its place. */
    private volatile Reading reading;

    private record Reading(long nanoTime, long epochNanos) {}

    /**
     * Makes a ticker that is not started.
     *
     * @param threadName the name of its thread
     * @param time what it goes by
     * @param slack how late a tick may fire, 1 ms to 1 s
     * @param threads makes the thread, at each start
     * @param afterBatch called on it after what was due has fired, if anything was; must not block, and what it throws is logged
     * @throws IllegalArgumentException if the slack is out of bounds
     */
    Ticker(String threadName, TimeSource time, Duration slack, ThreadFactory threads, Runnable afterBatch) {
        if (slack.compareTo(Duration.ofMillis(1)) < 0 || slack.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("Expected a tick slack from 1 ms to 1 s, but was " + slack);
        }
        this.threadName = threadName;
        this.time = time;
        this.threads = threads;
        this.afterBatch = afterBatch;
        this.reading = new Reading(time.nanoTime(), EpochNanos.of(time.now()));
        this.wheel = new TickWheel(reading.nanoTime, time == TimeSource.SYSTEM ? slack.toNanos() : 1);
    }

    /** Starts the thread; does nothing if it runs. If no thread can be had, that is thrown and the ticker not started. */
    void start() {
        synchronized (lifecycle) {
            if (thread() != null) {
                return;
            }
            Thread before = predecessor;
            Thread made = threads.newThread(() -> run(before));
            made.setName(threadName);
            made.setDaemon(true);
            setThread(made);
            try {
                made.start();
            } catch (Throwable e) {
                setThread(null);
                throw e;
            }
            advances = time.onAdvance(this::wake);
        }
    }

    /** Ends the thread after the batch in hand, without waiting for that; does nothing if it is not running. */
    void stop() {
        synchronized (lifecycle) {
            Thread ending = thread();
            if (ending == null) {
                return;
            }
            predecessor = ending;
            setThread(null);
            LockSupport.unpark(ending);
            advances.close();
        }
    }

    /**
     * Has a tick fire when it is due: anew if it has fired, at this time instead if it was scheduled and its firing has
     * not begun.
     *
     * @param dueNanos by {@link #nanoTime()}; a time in the past fires as soon as can be
     */
    void schedule(Tick tick, long dueNanos) {
        schedule(tick, dueNanos, time.nanoTime());
    }

    /**
     * The same for whoever knows the time.
     *
     * @param now by {@link #nanoTime()}, taken shortly before
     */
    void schedule(Tick tick, long dueNanos, long now) {
        Thread sleeper = null;
        synchronized (lock) {
            if (tick.isLinked()) {
                wheel.remove(tick);
            } else {
                tick.claim();
            }
            wheel.add(tick, dueNanos, now);
            if (tick.bucket < sleepsUntil) {
                sleepsUntil = AWAKE;
                sleeper = thread;
            }
        }
        LockSupport.unpark(sleeper);
    }

    /**
     * Takes a tick back.
     *
     * @return true if it will not fire; false if it was not scheduled, has fired or is firing
     */
    boolean cancel(Tick tick) {
        synchronized (lock) {
            if (!tick.isLinked()) {
                return tick.claim();
            }
            wheel.remove(tick);
            return true;
        }
    }

    long nanoTime() {
        return time.nanoTime();
    }

    /** Whether its time is the JVM's own, which flows by itself. */
    boolean isReal() {
        return time == TimeSource.SYSTEM;
    }

    Instant now() {
        return time.now();
    }

    /**
     * Returns what the wall clock shows at a {@link #nanoTime()}, past or to come. It is read only now and then: it takes
     * as long as a good part of a beat.
     *
     * @param now by {@link #nanoTime()}, taken shortly before
     * @return by {@link EpochNanos}
     */
    long epochNanosOf(long nanoTime, long now) {
        Reading known = reading;
        if (!isReal() || now - known.nanoTime > OLDEST_READING) {
            reading = known = new Reading(time.nanoTime(), EpochNanos.of(time.now()));
        }
        return EpochNanos.plus(known.epochNanos, nanoTime - known.nanoTime);
    }

    /** Returns how many ticks are scheduled and not yet taken to be fired. */
    int scheduled() {
        synchronized (lock) {
            return wheel.size();
        }
    }

    /** Returns the thread while it is started, or null. */
    @Nullable
    Thread thread() {
        synchronized (lock) {
            return thread;
        }
    }

    /** Returns how often its thread was woken from its sleep so far. */
    long wakeUps() {
        return wakeUps.get();
    }

    private void setThread(@Nullable Thread thread) {
        synchronized (lock) {
            this.thread = thread;
        }
    }

    private void wake() {
        Thread sleeper;
        synchronized (lock) {
            sleepsUntil = AWAKE;
            sleeper = thread;
        }
        LockSupport.unpark(sleeper);
    }

    private void run(@Nullable Thread predecessor) {
        awaitEnd(predecessor);
        Tick[] batch = new Tick[BATCH];
        long pause = 0;
        while (true) {
            long now = time.nanoTime();
            int taken;
            long next;
            synchronized (lock) {
                if (thread != Thread.currentThread()) {
                    return;
                }
                taken = wheel.take(now, batch);
                next = taken > 0 ? AWAKE : wheel.next();
                sleepsUntil = next;
            }
            if (taken > 0) {
                fire(batch, taken, now);
                endBatch();
                pause = 0;
            } else {
                pause = sleep(next, now, pause);
            }
        }
    }

    private void fire(Tick[] batch, int taken, long now) {
        for (int i = 0; i < taken; i++) {
            Tick tick = batch[i];
            batch[i] = null;
            if (tick.claim()) {
                try {
                    tick.fire(now);
                } catch (Throwable e) {
                    report(tick, e);
                }
            }
        }
    }

    private void endBatch() {
        try {
            afterBatch.run();
        } catch (Throwable e) {
            report("What follows a batch", e);
        }
    }

    /**
     * Sleeps until a bucket begins or somebody wakes it.
     *
     * @return the least to sleep the next time: where time is turned by hand it stood still meanwhile; it will call when
     *     it moves, so look after it ever more rarely
     */
    private long sleep(long bucket, long now, long pause) {
        if (bucket == TickWheel.NEVER) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, Math.max(wheel.beginOf(bucket) - now, pause));
        }
        wakeUps.incrementAndGet();
        // An interrupt is nobody's means to stop this thread; left set, no sleep would last.
        Thread.interrupted();
        return time.nanoTime() == now ? Math.min(Math.max(2 * pause, FIRST_PAUSE), LONGEST_PAUSE) : 0;
    }

    /** No tick fires on two threads at once, even if it is stopped and started in the midst of a batch. */
    @SuppressWarnings("ThreadJoinLoop") // it is one
    private static void awaitEnd(@Nullable Thread predecessor) {
        while (predecessor != null && predecessor.isAlive()) {
            try {
                predecessor.join();
            } catch (InterruptedException e) {
                // As in sleep(): not meant for this thread.
            }
        }
    }

    private static void report(Object what, Throwable failure) {
        try {
            log.error("{} failed when it came due; the others go on", what, failure);
        } catch (Throwable e) {
            // Without memory or stack to log with, the ticker still has to go on.
        }
    }
}
