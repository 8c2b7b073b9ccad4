package dev.leakproof;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link System#nanoTime()} for who reads it very often, at a fraction of what that costs and for the price of being
 * late by up to 10 ms, or the slack of the tree's ticker if that is more.
 *
 * <p>It is exact as long as it is read seldom, and so wakes nobody. Once it has been read some thousand times within
 * 10 ms, when reading the exact time costs more than to wake up a thread now and then, the ticker advances it for a
 * second; then its reads are counted anew. Before its worker runs, when that stops, and where the tree's time is turned
 * by hand, it is exact too.
 *
 * <p>It may be read on any thread, with any lock held, and never waits. It goes back by no more than it may be late.
 */
public final class CoarseClock implements LongSupplier {

    /** A wake-up takes 20 to 30 µs of CPU, and an exact reading about 20 ns. */
    private static final int MANY = 2_000;

    private static final long STEP = Ticker.DEFAULT_SLACK.toNanos();
    private static final long LEASE = Duration.ofSeconds(1).toNanos();

    /** What stands for no coarse time: rather than a second field, which would have to be read as well. */
    private static final long EXACT = Long.MIN_VALUE;

    /** Whose tree's ticker advances it; null if it is always exact. */
    private final @Nullable Managed managed;

    /** Written with the monitor held. */
    private volatile long coarse = EXACT;

    // Counted without any care: a read that is lost only has it become coarse a little later.
    private long countedFrom;
    private int reads;

    /** The thread that lives in the past; it is exact meanwhile, so that only who reads the exact time has to look. */
    private volatile @Nullable Thread lookingBack;

    private volatile long lookingBackBy;

    /**
     * Creates one that is exact until its worker runs.
     *
     * @param managed whose tree's ticker advances it, asked for its worker only once this is read often; null for a clock
     *     that is always exact
     */
    public CoarseClock(@Nullable Managed managed) {
        this.managed = managed;
    }

    /** Returns the time, as {@link System#nanoTime()} does. */
    @Override
    public long getAsLong() {
        long now = coarse;
        return now != EXACT ? now : exact();
    }

    /** Has it right, for whoever is about to decide by it what is due. */
    public synchronized void refresh() {
        if (coarse != EXACT) {
            coarse = System.nanoTime();
        }
    }

    /** Has it exact again; to be called once its worker is told to stop. */
    public synchronized void rest() {
        coarse = EXACT;
    }

    /**
     * Has the calling thread read the time of so many nanoseconds ago while it does something; one thread at a time. For
     * all others it is exact meanwhile.
     */
    public <T> T inThePast(long nanosAgo, Supplier<T> action) {
        synchronized (this) {
            lookingBackBy = nanosAgo;
            lookingBack = Thread.currentThread();
            coarse = EXACT;
        }
        try {
            return action.get();
        } finally {
            lookingBack = null;
        }
    }

    private long exact() {
        long now = System.nanoTime();
        Thread back = lookingBack;
        if (back != null && back == Thread.currentThread()) {
            return now - lookingBackBy;
        }
        if (managed != null) {
            count(managed, now);
        }
        return now;
    }

    private void count(Managed managed, long now) {
        if (now - countedFrom > STEP) {
            countedFrom = now;
            reads = 0;
        } else if (++reads >= MANY) {
            reads = 0;
            begin(managed, now);
        }
    }

    /** A worker that is no longer running rests this after it has said so: one of both sees the other. */
    private synchronized void begin(Managed managed, long now) {
        if (lookingBack != null) {
            return;
        }
        ManagedWorker running = managed.worker();
        Incarnation incarnation = running.current();
        if (coarse == EXACT && incarnation != null && running.state() == NodeState.RUNNING) {
            Ticker ticker = incarnation.tree().ticker();
            if (ticker.isReal()) {
                coarse = now;
                ticker.schedule(new Advance(ticker, now + LEASE), now + STEP, now);
            }
        }
    }

    private synchronized boolean advance(long now, boolean over) {
        if (over) {
            coarse = EXACT;
        } else if (coarse != EXACT && now - coarse > 0) {
            coarse = now;
        }
        return coarse != EXACT;
    }

    /** Advances it on the ticker's thread until the lease is over. */
    private final class Advance extends Tick {

        private final Ticker ticker;
        private final long until;

        Advance(Ticker ticker, long until) {
            this.ticker = ticker;
            this.until = until;
        }

        @Override
        void fire(long now) {
            if (advance(now, now - until >= 0)) {
                ticker.schedule(this, now + STEP, now);
            }
        }
    }
}
