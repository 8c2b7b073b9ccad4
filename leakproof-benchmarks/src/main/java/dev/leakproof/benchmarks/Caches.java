package dev.leakproof.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.google.common.cache.CacheBuilder;
import dev.leakproof.Owner;
import dev.leakproof.cache.EvictingCache;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.springframework.cache.caffeine.CaffeineCache;

/** The caches that are compared. */
final class Caches {

    private Caches() {}

    // leakproof's

    static CacheUnderTest leakproof(Consumer<EvictingCache.Builder<Integer, Integer>> settings) {
        EvictingCache.Builder<Integer, Integer> builder =
                EvictingCache.<Integer, Integer>named("cache").maximumSize(CacheUnderTest.MOST);
        settings.accept(builder);
        EvictingCache<Integer, Integer> cache = builder.build();
        Owner root = Owner.root("app");
        root.start(cache);
        return new CacheUnderTest() {
            @Override
            public Integer get(Integer key) {
                return cache.getIfPresent(key);
            }

            @Override
            public void put(Integer key, Integer value) {
                cache.put(key, value);
            }

            @Override
            public long size() {
                return cache.size();
            }

            @Override
            public void close() {
                root.close();
            }
        };
    }

    // Caffeine's

    static Caffeine<Object, Object> bounded() {
        return Caffeine.newBuilder().maximumSize(CacheUnderTest.MOST);
    }

    static CacheUnderTest of(Cache<Integer, Integer> cache) {
        return new CacheUnderTest() {
            @Override
            public Integer get(Integer key) {
                return cache.getIfPresent(key);
            }

            @Override
            public void put(Integer key, Integer value) {
                cache.put(key, value);
            }

            @Override
            public long size() {
                return cache.estimatedSize();
            }
        };
    }

    /** With a clock that a thread of its own advances all the time. */
    static CacheUnderTest coarse(Caffeine<Object, Object> caffeine, Duration expiry) {
        SteppedClock clock = new SteppedClock();
        Cache<Integer, Integer> cache =
                caffeine.expireAfterWrite(expiry).ticker(clock::time).build();
        CacheUnderTest made = of(cache);
        return new CacheUnderTest() {
            @Override
            public Integer get(Integer key) {
                return made.get(key);
            }

            @Override
            public void put(Integer key, Integer value) {
                made.put(key, value);
            }

            @Override
            public long size() {
                return made.size();
            }

            @Override
            public void close() {
                clock.thread.shutdownNow();
            }
        };
    }

    private static final class SteppedClock {

        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        private volatile long now = System.nanoTime();

        SteppedClock() {
            thread.scheduleAtFixedRate(() -> now = System.nanoTime(), 10, 10, TimeUnit.MILLISECONDS);
        }

        long time() {
            return now;
        }
    }

    static CacheUnderTest spring(Duration expiry) {
        CaffeineCache cache =
                new CaffeineCache("cache", bounded().expireAfterWrite(expiry).build());
        return new CacheUnderTest() {
            @Override
            public Integer get(Integer key) {
                var found = cache.get(key);
                return found == null ? null : (Integer) found.get();
            }

            @Override
            public void put(Integer key, Integer value) {
                cache.put(key, value);
            }

            @Override
            public long size() {
                return cache.getNativeCache().estimatedSize();
            }
        };
    }

    static CacheUnderTest guava(Duration expiry) {
        com.google.common.cache.Cache<Integer, Integer> cache = CacheBuilder.newBuilder()
                .maximumSize(CacheUnderTest.MOST)
                .expireAfterWrite(expiry)
                .build();
        return new CacheUnderTest() {
            @Override
            public Integer get(Integer key) {
                return cache.getIfPresent(key);
            }

            @Override
            public void put(Integer key, Integer value) {
                cache.put(key, value);
            }

            @Override
            public long size() {
                return cache.size();
            }
        };
    }

    /** Returns one of the class in the profile {@code peers}. */
    static CacheUnderTest cache2k(Duration expiry) throws ReflectiveOperationException {
        return (CacheUnderTest) Class.forName("dev.leakproof.benchmarks.Cache2kCache")
                .getDeclaredConstructor(Duration.class)
                .newInstance(expiry);
    }

    /** Each entry has a time of its own, which happens to be the same. */
    static Expiry<Integer, Integer> each(Duration expiry) {
        return Expiry.writing((key, value) -> expiry);
    }
}
