package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoarseClockTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private Owner app = Owner.named("app").build();

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void readSeldomItIsExactAndWakesNobody() {
        CoarseClock clock = new CoarseClock(started());
        for (int i = 0; i < 1_000; i++) {
            assertExact(clock);
        }
        assertThat(scheduled()).isEqualTo(1);
    }

    @Test
    void readOftenItIsAdvancedByTheTickerForAWhile() {
        CoarseClock clock = new CoarseClock(started());
        becomeCoarse(clock);
        long first = clock.getAsLong();
        assertThat(first - System.nanoTime()).isNotPositive();
        await().until(() -> clock.getAsLong() - first > 0);
        // Nobody reads it any longer: the ticker rests again.
        await().untilAsserted(() -> {
            // Also for a moment each time that it is advanced.
            assertThat(scheduled()).isEqualTo(1);
            assertExact(clock);
        });
    }

    @Test
    void aRefreshHasItRight() {
        CoarseClock clock = new CoarseClock(started());
        becomeCoarse(clock);
        long before = System.nanoTime();
        clock.refresh();
        assertThat(clock.getAsLong() - before).isNotNegative();
    }

    @Test
    void itRestsWhenItsWorkerStops() {
        Heartbeat worker = started();
        CoarseClock clock = new CoarseClock(worker);
        becomeCoarse(clock);
        app.stop();
        clock.rest();
        for (int i = 0; i < 10_000; i++) {
            assertExact(clock);
        }
    }

    @Test
    void whereTimeIsTurnedByHandOrNoWorkerIsGivenItIsAlwaysExact() {
        app = Owner.named("app").timeSource(new ManualTime()).build();
        CoarseClock byHand = new CoarseClock(started());
        CoarseClock exact = new CoarseClock(null);
        for (int i = 0; i < 100_000; i++) {
            byHand.getAsLong();
            exact.getAsLong();
        }
        assertThat(scheduled()).isEqualTo(1);
        assertExact(byHand);
        assertExact(exact);
    }

    @Test
    void oneThreadMayLookBack() throws InterruptedException {
        CoarseClock clock = new CoarseClock(null);
        Thread other = new Thread(() -> assertExact(clock));
        long seen = clock.inThePast(HOUR.toNanos(), () -> {
            other.start();
            return clock.getAsLong();
        });
        other.join();
        assertThat(System.nanoTime() - seen).isGreaterThanOrEqualTo(HOUR.toNanos());
        assertExact(clock);
    }

    /** A heartbeat that does not come during a test. */
    private Heartbeat started() {
        app.start();
        return app.start(Heartbeat.named("rare").every(HOUR).initialDelay(HOUR).beat(ctx -> {}));
    }

    private int scheduled() {
        return app.ownTree().ticker().scheduled();
    }

    private void becomeCoarse(CoarseClock clock) {
        // On a machine that is busy it takes more than one go.
        await().until(() -> {
            for (int i = 0; i < 10_000; i++) {
                clock.getAsLong();
            }
            return scheduled() == 2;
        });
    }

    private static void assertExact(CoarseClock clock) {
        long before = System.nanoTime();
        long read = clock.getAsLong();
        long after = System.nanoTime();
        assertThat(read - before).isNotNegative();
        assertThat(after - read).isNotNegative();
    }
}
