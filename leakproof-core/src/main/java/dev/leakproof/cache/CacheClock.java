package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a cache goes by; and for the thread that looks for expired entries, which Caffeine does not show, the past. */
final class CacheClock implements Ticker {

    /** Caffeine sorts entries with an expiry of their own by so many nanoseconds, and evicts no sooner by itself. */
    static final long TURN = 1L << 30;

    private final LongSupplier time;
    private volatile @Nullable Thread lookingBack;

    CacheClock(LongSupplier time) {
        this.time = time;
    }

    @Override
    public long read() {
        Thread back = lookingBack;
        long now = time.getAsLong();
        return back == null || back != Thread.currentThread() ? now : now - TURN;
    }

    /** Has the calling thread live a turn ago. Only one does at a time. */
    void lookBack(boolean back) {
        lookingBack = back ? Thread.currentThread() : null;
    }
}
