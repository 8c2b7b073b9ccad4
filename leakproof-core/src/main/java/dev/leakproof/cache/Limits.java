package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a cache is told about its entries.
 *
 * @param expireAfterWrite how long after they were written they leave, or null
 * @param expireAfterAccess how long after they were read or written they leave, or null
 * @param maximumSize how many there may be, or a negative number
 * @param statistics whether what becomes of them is counted
 */
record Limits(
        @Nullable Duration expireAfterWrite,
        @Nullable Duration expireAfterAccess,
        long maximumSize,
        boolean statistics) {

    /** Whether some entry ever has to leave. */
    boolean isBounded() {
        return expireAfterWrite != null || expireAfterAccess != null || maximumSize >= 0;
    }

    /** Returns a builder of Caffeine's to which this was told. */
    Caffeine<Object, Object> caffeine() {
        Caffeine<Object, Object> caffeine = Caffeine.newBuilder();
        if (statistics) {
            caffeine.recordStats();
        }
        if (expireAfterWrite != null) {
            caffeine.expireAfterWrite(expireAfterWrite);
        }
        if (expireAfterAccess != null) {
            caffeine.expireAfterAccess(expireAfterAccess);
        }
        if (maximumSize >= 0) {
            caffeine.maximumSize(maximumSize);
        }
        return caffeine;
    }
}
