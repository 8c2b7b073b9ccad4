package dev.leakproof.benchmarks;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** How late the last of many expired entries leaves when nobody touches the cache: after the last one was due. */
final class ExpiryContest {

    private static final int ENTRIES = 10_000;
    private static final Duration EXPIRY = Duration.ofMillis(1_500);
    private static final Duration TICK = Duration.ofMillis(100);

    /** Who has not let go of them by then does not by itself. */
    private static final double GIVE_UP = 3_000;

    private ExpiryContest() {}

    public static void main(String[] args) throws Exception {
        Contest contest = Contest.in("expiry", "10,000 entries")
                .unit("ms")
                .warmUp(0)
                .with(
                        "EvictingCache, tick 100 ms",
                        late(() -> Caches.leakproof(
                                builder -> builder.expireAfterWrite(EXPIRY).tick(TICK))))
                .with(
                        "EvictingCache, each entry's own expiry",
                        late(() -> Caches.leakproof(builder ->
                                builder.tick(TICK).customize(caffeine -> caffeine.expireAfter(Caches.each(EXPIRY))))))
                .with(
                        "Caffeine",
                        late(() -> Caches.of(
                                Caches.bounded().expireAfterWrite(EXPIRY).build())))
                .with(
                        "Caffeine with the system scheduler",
                        late(() -> Caches.of(Caches.bounded()
                                .expireAfterWrite(EXPIRY)
                                .scheduler(Scheduler.systemScheduler())
                                .build())));
        if (Peers.isThere("Cache2kCache")) {
            contest.with("cache2k", late(() -> {
                try {
                    return Caches.cache2k(EXPIRY);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        contest.run(Settings.rounds(4, 2));
        System.exit(0);
    }

    private static Measured late(Supplier<CacheUnderTest> caches) {
        return () -> {
            try (CacheUnderTest cache = caches.get()) {
                for (int i = 0; i < ENTRIES; i++) {
                    cache.put(i, i);
                }
                long due = System.nanoTime() + EXPIRY.toNanos();
                double late;
                do {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    late = (System.nanoTime() - due) / 1e6;
                } while (cache.size() > 0 && late < GIVE_UP);
                return late;
            }
        };
    }
}
