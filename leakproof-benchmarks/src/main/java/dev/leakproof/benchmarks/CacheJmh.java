package dev.leakproof.benchmarks;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Reads, and reads with a quarter of writes, of what is in a cache with a bound and an expiry. JMH gives each method a JVM
 * of its own, so that each JVM knows one kind of cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(2)
@Fork(3)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 2, time = 1)
public class CacheJmh {

    private static final Duration EXPIRY = Duration.ofMinutes(5);
    private static final int MASK = (1 << 13) - 1;

    @Param({"reads", "75/25"})
    public String mix;

    private int writesIn4;
    private CacheUnderTest cache;
    private final Integer[] keys = new Integer[MASK + 1];

    /** Where a thread is in its walk over the keys. */
    @State(Scope.Thread)
    public static class Walk {
        private int at = new SplittableRandom().nextInt();
    }

    @Setup
    public void fill(BenchmarkParams params) throws ReflectiveOperationException {
        String benchmark = params.getBenchmark();
        cache = made(benchmark.substring(benchmark.lastIndexOf('.') + 1));
        writesIn4 = mix.equals("reads") ? 0 : 1;
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i <= MASK; i++) {
            // The square favours some keys, as users do.
            double skewed = random.nextDouble();
            keys[i] = (int) (skewed * skewed * MASK);
        }
        for (Integer key : keys) {
            cache.put(key, key);
        }
    }

    private static CacheUnderTest made(String contestant) throws ReflectiveOperationException {
        return switch (contestant) {
            case "caffeineLimit" ->
                Caches.of(Caches.bounded().expireAfterWrite(EXPIRY).build());
            case "caffeineWithCoarseClock" -> Caches.coarse(Caches.bounded(), EXPIRY);
            case "caffeineWithCoarseClockAndStatistics" ->
                Caches.coarse(Caches.bounded().recordStats(), EXPIRY);
            case "evictingCache" -> Caches.leakproof(builder -> builder.expireAfterWrite(EXPIRY));
            case "evictingCacheWithoutStatistics" ->
                Caches.leakproof(builder -> builder.expireAfterWrite(EXPIRY).withoutStatistics());
            case "evictingCacheExactClock" ->
                Caches.leakproof(builder -> builder.expireAfterWrite(EXPIRY).exactClock());
            case "springCache" -> Caches.spring(EXPIRY);
            case "guava" -> Caches.guava(EXPIRY);
            case "cache2k" -> Caches.cache2k(EXPIRY);
            default -> throw new IllegalArgumentException(contestant);
        };
    }

    @TearDown
    public void close() {
        cache.close();
    }

    private Integer step(Walk walk) {
        int at = walk.at++;
        Integer key = keys[at & MASK];
        if ((at & 3) < writesIn4) {
            cache.put(key, key);
            return key;
        }
        return cache.get(key);
    }

    @Benchmark
    public Integer caffeineLimit(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer caffeineWithCoarseClock(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer caffeineWithCoarseClockAndStatistics(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer evictingCache(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer evictingCacheWithoutStatistics(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer evictingCacheExactClock(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer springCache(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer guava(Walk walk) {
        return step(walk);
    }

    @Benchmark
    public Integer cache2k(Walk walk) {
        return step(walk);
    }
}
