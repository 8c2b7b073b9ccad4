package dev.leakproof.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.leakproof.CoarseClock;
import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SweepTest {

    private static final Duration TICK = Duration.ofMillis(100);

    /** A tenth of a second after the beginning of one of the turns by which Caffeine sorts, which take 1.07 s. */
    private final AtomicLong now =
            new AtomicLong((10L << 30) + Duration.ofMillis(100).toNanos());

    private final CoarseClock clock = new CoarseClock(null);
    private final Queue<RemovalCause> causes = new ConcurrentLinkedQueue<>();
    private final Cache<Integer, Duration> cache = Caffeine.newBuilder()
            .ticker(() -> now.get() + clock.getAsLong() - System.nanoTime())
            .executor(Runnable::run)
            .removalListener((key, value, cause) -> causes.add(cause))
            .expireAfter(Expiry.<Integer, Duration>writing((key, expiry) -> expiry))
            .build();

    /** Caffeine by itself would keep them until the turn is over. The half second is for a pause between two clocks. */
    @Test
    void entriesWithAnExpiryOfTheirOwnGoAsSoonAsTheyAreDueAndOthersStay() {
        for (int i = 0; i < 100; i++) {
            cache.put(i, Duration.ofMillis(100));
        }
        cache.put(-1, Duration.ofHours(1));
        cache.put(-2, Duration.ofMinutes(10));
        now.addAndGet(Duration.ofMillis(600).toNanos());
        cache.cleanUp();
        assertThat(cache.estimatedSize()).isEqualTo(102);
        sweep();
        assertThat(cache.asMap()).containsOnlyKeys(-1, -2);
        assertThat(cache.estimatedSize()).isEqualTo(2);
        assertThat(causes).hasSize(100).containsOnly(RemovalCause.EXPIRED);
    }

    /** As a worker, since it needs the context of one. */
    private void sweep() {
        CompletableFuture<Duration> wait = new CompletableFuture<>();
        try (Owner app = Owner.root("app")) {
            app.start(ManagedWorker.named("sweep").run(ctx -> wait.complete(new Sweep<>(cache, TICK, clock).run(ctx))));
            // Looks again within the tick, and a little earlier, as the ticker may be late.
            assertThat(wait.join()).isPositive().isLessThan(TICK);
        }
    }
}
