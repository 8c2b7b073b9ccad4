package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import com.github.benmanes.caffeine.cache.Policy.VarExpiration;
import dev.leakproof.CoarseClock;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The look after a cache: has Caffeine evict what has expired, and says when to look again. */
final class Sweep<K, V> {

    /** What newer versions of Caffeine evict at most in one pass. */
    private static final long PASS = 1_000;

    /** How late the ticker may be: the next look is planned that much earlier, so that it comes within the tick. */
    private static final Duration SLACK = Duration.ofMillis(10);

    /** The slack is a tenth of this, and of a tick that is less. */
    private static final Duration LONG = Duration.ofMillis(100);

    /** Caffeine sorts entries with an expiry of their own by so many nanoseconds, and evicts them no sooner by itself. */
    private static final long TURN = 1L << 30;

    /** Equals no value. */
    private static final Object NO_VALUE = new Object();

    private final Cache<K, V> cache;
    private final @Nullable FixedExpiration<K, V> afterWrite;
    private final boolean expires;
    private final boolean inOrderOfWriting;
    private final @Nullable VarExpiration<K, V> variably;
    private final @Nullable CoarseClock clock;
    private final Duration wait;
    private volatile @Nullable Thread thread;

    /** @param clock what the cache goes by, if that is ours */
    Sweep(Cache<K, V> cache, Duration tick, @Nullable CoarseClock clock) {
        this.cache = cache;
        this.clock = clock;
        this.wait = tick.minus(tick.compareTo(LONG) < 0 ? Duration.ofNanos(tick.toNanos() / 10) : SLACK);
        Policy<K, V> policy = cache.policy();
        this.afterWrite = policy.expireAfterWrite().orElse(null);
        this.variably = policy.expireVariably().orElse(null);
        boolean otherwise = policy.expireAfterAccess().isPresent() || variably != null;
        this.expires = otherwise || afterWrite != null;
        this.inOrderOfWriting = !otherwise;
    }

    /** Whether it is this that the calling thread is doing. */
    boolean isOnThisThread() {
        return thread == Thread.currentThread();
    }

    /**
     * Evicts what is due.
     *
     * @return the time to the next look, or null if nothing can expire
     */
    @Nullable
    Duration run(WorkerContext ctx) {
        thread = Thread.currentThread();
        try {
            evict(ctx);
            evictVariable(ctx);
            return untilNext();
        } finally {
            thread = null;
        }
    }

    private void evict(WorkerContext ctx) {
        long size = cache.estimatedSize();
        for (long passes = size / PASS + 1; passes > 0 && !ctx.isCancelled(); passes--) {
            cache.cleanUp();
            long left = cache.estimatedSize();
            if (left >= size) {
                return;
            }
            size = left;
        }
    }

    /**
     * Caffeine evicts entries with an expiry of their own once the turn is over in which they were due. Those before that
     * it shows to nobody, but to who lives a turn ago; and a removal that matches no value still removes the expired.
     */
    private void evictVariable(WorkerContext ctx) {
        if (variably == null || clock == null || cache.estimatedSize() == 0) {
            return;
        }
        for (K key : variably.oldest(all -> clock.inThePast(TURN, () -> due(all)))) {
            if (ctx.isCancelled()) {
                return;
            }
            cache.asMap().remove(key, NO_VALUE);
        }
    }

    /** Within a turn they are in no order. */
    private static <K, V> List<K> due(Stream<CacheEntry<K, V>> soonestTurnFirst) {
        return soonestTurnFirst
                .takeWhile(entry -> entry.expiresAfter().toNanos() <= 2 * TURN)
                .filter(entry -> entry.expiresAfter().toNanos() <= TURN)
                .map(CacheEntry::getKey)
                .toList();
    }

    /** Entries that expire by their last write alone are in that order: there is nothing to do before the first is due. */
    private @Nullable Duration untilNext() {
        if (!expires || cache.estimatedSize() == 0) {
            return null;
        }
        if (afterWrite == null || !inOrderOfWriting) {
            return wait;
        }
        Duration first = afterWrite
                .oldest(Stream::findFirst)
                .map(CacheEntry::expiresAfter)
                .orElse(wait);
        return first.compareTo(wait) > 0 ? first : wait;
    }
}
