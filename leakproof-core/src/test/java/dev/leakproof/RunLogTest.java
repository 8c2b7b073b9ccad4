package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RunLogTest {

    private static final int ROUNDS = 200_000;

    private final RunLog log = new RunLog();

    @Test
    void saysNothingOfWhatHasNotBeen() {
        assertThat(log.stats()).isEqualTo(new RunStats(0, 0, 0, 0, null, null, null, null, null, null));
    }

    @Test
    void keepsTheLastFailureAfterASuccess() {
        Exception failure = new IllegalStateException("on purpose");
        Instant when = Instant.parse("2030-01-02T03:04:05.000000006Z");
        log.started(EpochNanos.of(when), Duration.ofNanos(7));
        log.finished(when, Duration.ofNanos(8), failure);
        log.finished(when.plusSeconds(1), Duration.ofNanos(9), null);
        log.skipped(3);
        assertThat(log.stats())
                .isEqualTo(
                        new RunStats(1, 1, 0, 3, when, Duration.ofNanos(9), Duration.ofNanos(7), null, failure, when));
    }

    /** The writer keeps all numbers alike, so whoever sees two that differ has seen the half of a change. */
    @Test
    void readersSeeNoHalfOfAChange() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            await(reading);
            for (int i = 1; i <= ROUNDS; i++) {
                log.started(i, Duration.ofNanos(i));
            }
            over.set(true);
        });
        writer.start();
        long torn = 0;
        while (!over.get()) {
            reading.countDown();
            RunStats seen = log.stats();
            Instant at = seen.lastStarted();
            Duration late = seen.lastLateness();
            if (at != null && (late == null || at.getNano() != late.toNanos())) {
                torn++;
            }
        }
        writer.join();
        assertThat(torn).isZero();
        assertThat(log.stats().lastStarted()).isEqualTo(Instant.ofEpochSecond(0, ROUNDS));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
