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

    /** Caffeine sorts by turns of 1.07 s; the test begins with one. */
    private static final long TURN = 1L << 30;

    private final AtomicLong now = new AtomicLong(10 * TURN);

    private final CoarseClock clock = new CoarseClock(null);
    private final Queue<RemovalCause> causes = new ConcurrentLinkedQueue<>();
    private final Cache<Integer, Duration> cache = Caffeine.newBuilder()
            .ticker(() -> now.get() - shiftIntoThePast())
            .executor(Runnable::run)
            .removalListener((key, value, cause) -> causes.add(cause))
            .expireAfter(Expiry.<Integer, Duration>writing((key, expiry) -> expiry))
            .build();

    /** How far the sweep has the cache live in the past: a turn, or not at all. Looked at again if there was a pause. */
    private long shiftIntoThePast() {
        while (true) {
            long before = System.nanoTime();
            long shown = clock.getAsLong();
            if (System.nanoTime() - before < TURN / 4) {
                return before - shown > TURN / 2 ? TURN : 0;
            }
        }
    }

    /** Caffeine by itself would keep them until the turn is over. */
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
