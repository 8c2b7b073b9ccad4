package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import com.github.benmanes.caffeine.cache.Policy.FixedExpiration;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The look after a cache: has Caffeine evict what has expired, and says when to look again. */
final class Sweep<K, V> {

    /** What newer versions of Caffeine evict at most in one pass. */
    private static final long PASS = 1_000;

    private final Cache<K, V> cache;
    private final Duration tick;
    private final @Nullable FixedExpiration<K, V> afterWrite;
    private final boolean expires;
    private final boolean inOrderOfWriting;
    private volatile @Nullable Thread thread;

    Sweep(Cache<K, V> cache, Duration tick) {
        this.cache = cache;
        this.tick = tick;
        Policy<K, V> policy = cache.policy();
        this.afterWrite = policy.expireAfterWrite().orElse(null);
        boolean otherwise = policy.expireAfterAccess().isPresent()
                || policy.expireVariably().isPresent();
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

    /** Entries that expire by their last write alone are in that order: there is nothing to do before the first is due. */
    private @Nullable Duration untilNext() {
        if (!expires || cache.estimatedSize() == 0) {
            return null;
        }
        if (afterWrite == null || !inOrderOfWriting) {
            return tick;
        }
        Duration first = afterWrite
                .oldest(Stream::findFirst)
                .map(CacheEntry::expiresAfter)
                .orElse(tick);
        return first.compareTo(tick) > 0 ? first : tick;
    }
}
