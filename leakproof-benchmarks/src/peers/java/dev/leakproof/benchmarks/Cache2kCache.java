package dev.leakproof.benchmarks;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.cache2k.Cache;
import org.cache2k.Cache2kBuilder;

/** cache2k, which expires by a timer of its own. */
public final class Cache2kCache implements CacheUnderTest {

    private final Cache<Integer, Integer> cache;

    public Cache2kCache(Duration expiry) {
        this.cache = Cache2kBuilder.of(Integer.class, Integer.class)
                .entryCapacity(MOST)
                .expireAfterWrite(expiry.toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    @Override
    public Integer get(Integer key) {
        return cache.peek(key);
    }

    @Override
    public void put(Integer key, Integer value) {
        cache.put(key, value);
    }

    @Override
    public long size() {
        return cache.asMap().size();
    }

    @Override
    public void close() {
        cache.close();
    }
}
