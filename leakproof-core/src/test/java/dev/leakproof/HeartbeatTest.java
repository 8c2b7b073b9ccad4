package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Time stands still here unless a test moves it. */
class HeartbeatTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger beats = new AtomicInteger();
    private final Owner app = Owner.named("app").timeSource(time).build();

    @BeforeEach
    void start() {
        app.start();
    }

    @AfterEach
    void stop() {
        app.close();
    }

    private static ConditionFactory await() {
        return Awaitility.await().pollInterval(Duration.ofMillis(2));
    }

    private void awaitBeats(int expected) {
        await().untilAsserted(() -> assertThat(beats).hasValue(expected));
    }

    private static RunStats statsOf(Managed managed) {
        return managed.worker().snapshot().runs();
    }

    @Test
    void beatsAtOnceAndThenAtItsRate() {
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> beats.incrementAndGet()));
        awaitBeats(1);
        Instant begun = time.now();
        assertThat(heartbeat.nextDue()).hasValue(begun.plus(SECOND));
        for (int i = 2; i <= 5; i++) {
            int done = i - 1;
            await().until(() -> statsOf(heartbeat).completed() == done);
            time.advance(SECOND);
            awaitBeats(i);
        }
        assertThat(heartbeat.skipped()).isZero();
    }

    @Test
    void waitsOutItsInitialDelay() {
        app.start(Heartbeat.named("h")
                .every(SECOND)
                .initialDelay(Duration.ofSeconds(5))
                .beat(ctx -> beats.incrementAndGet()));
        time.advance(Duration.ofMillis(4999));
        assertThat(beats).hasValue(0);
        time.advance(Duration.ofMillis(1));
        awaitBeats(1);
    }

    @Test
    void neverOverlapsItselfAndCountsWhatItSkips() {
        Semaphore mayEnd = new Semaphore(0);
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            beats.incrementAndGet();
            mayEnd.acquire();
            atOnce.decrementAndGet();
        }));
        awaitBeats(1);
        for (int i = 1; i <= 3; i++) {
            time.advance(SECOND);
            int expected = i;
            await().untilAsserted(() -> assertThat(heartbeat.skipped()).isEqualTo(expected));
        }
        mayEnd.release(10);
        await().until(() -> statsOf(heartbeat).completed() == 1);
        time.advance(SECOND);
        awaitBeats(2);
        assertThat(most).hasValue(1);
        assertThat(heartbeat.skipped()).isEqualTo(3);
    }

    @Test
    void aBeatThatHangsStaysOverdueUntilItEnds() {
        Semaphore mayEnd = new Semaphore(0);
        Instant begun = time.now();
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> {
            beats.incrementAndGet();
            mayEnd.acquire();
        }));
        awaitBeats(1);
        assertThat(heartbeat.nextDue()).hasValue(begun.plusSeconds(1));
        for (int i = 1; i <= 3; i++) {
            time.advance(SECOND);
            int skipped = i;
            await().until(() -> heartbeat.skipped() == skipped);
        }
        assertThat(heartbeat.nextDue()).hasValue(begun.plusSeconds(1));
        mayEnd.release();
        await().untilAsserted(() -> assertThat(heartbeat.nextDue()).hasValue(begun.plusSeconds(4)));
        mayEnd.release(10);
    }

    @Test
    void countsBeatsThatALeapOfTimeLeftOut() {
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> beats.incrementAndGet()));
        awaitBeats(1);
        await().until(() -> statsOf(heartbeat).completed() == 1);
        time.advance(Duration.ofMillis(10_500));
        awaitBeats(2);
        assertThat(heartbeat.skipped()).isEqualTo(9);
        assertThat(heartbeat.nextDue().orElseThrow()).isEqualTo(time.now().plusMillis(500));
    }

    @Test
    void fixedDelayCountsFromTheEndOfABeat() {
        Semaphore mayEnd = new Semaphore(0);
        Heartbeat heartbeat = app.start(Heartbeat.named("h").fixedDelay(SECOND).beat(ctx -> {
            beats.incrementAndGet();
            mayEnd.acquire();
        }));
        awaitBeats(1);
        time.advance(Duration.ofSeconds(10));
        assertThat(heartbeat.nextDue()).isEmpty();
        mayEnd.release();
        await().until(() -> statsOf(heartbeat).completed() == 1);
        await().untilAsserted(() ->
                assertThat(heartbeat.nextDue()).hasValue(time.now().plus(SECOND)));
        time.advance(Duration.ofMillis(999));
        assertThat(beats).hasValue(1);
        time.advance(Duration.ofMillis(1));
        awaitBeats(2);
        assertThat(heartbeat.skipped()).isZero();
        mayEnd.release(10);
    }

    @Test
    void jitterKeepsWithinItsBoundAndOnTheGrid() {
        Queue<Instant> dues = new ConcurrentLinkedQueue<>();
        Instant begun = time.now();
        AtomicReference<Heartbeat> self = new AtomicReference<>();
        self.set(app.start(Heartbeat.named("h")
                .every(SECOND)
                .jitter(Duration.ofMillis(500))
                .beat(ctx -> beats.incrementAndGet())));
        time.advance(Duration.ofMillis(500));
        awaitBeats(1);
        for (int i = 1; i <= 50; i++) {
            Instant due = self.get().nextDue().orElseThrow();
            assertThat(due).isBetween(begun.plusSeconds(i), begun.plusSeconds(i).plusMillis(500));
            dues.add(due);
            int done = i;
            await().until(() -> statsOf(self.get()).completed() == done);
            time.advance(Duration.between(time.now(), begun.plusSeconds(i).plusMillis(500)));
            awaitBeats(i + 1);
        }
        assertThat(dues.stream().map(Instant::getNano).distinct().count()).isGreaterThan(10);
    }

    @Test
    void beatThatTakesTooLongIsInterruptedAndCountsAsFailed() {
        CountDownLatch never = new CountDownLatch(1);
        Heartbeat heartbeat = app.start(Heartbeat.named("h")
                .every(SECOND)
                .timeout(Duration.ofMillis(300))
                .beat(ctx -> {
                    beats.incrementAndGet();
                    never.await();
                }));
        awaitBeats(1);
        time.advance(Duration.ofMillis(300));
        await().until(() -> statsOf(heartbeat).failed() == 1);
        assertThat(heartbeat.lastFailure().orElseThrow())
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("app/h")
                .hasMessageContaining("300ms");
        time.advance(Duration.ofMillis(700));
        awaitBeats(2);
    }

    @Test
    void failedBeatIsRecordedAndTheNextOneComes() {
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> {
            if (beats.incrementAndGet() <= 2) {
                throw new IllegalStateException("beat " + beats.get());
            }
        }));
        await().until(() -> statsOf(heartbeat).failed() == 1);
        time.advance(SECOND);
        await().until(() -> statsOf(heartbeat).failed() == 2);
        assertThat(heartbeat.consecutiveFailures()).isEqualTo(2);
        time.advance(SECOND);
        await().until(() -> statsOf(heartbeat).completed() == 1);
        assertThat(heartbeat.consecutiveFailures()).isZero();
        assertThat(heartbeat.lastFailure().orElseThrow()).hasMessage("beat 2");
        assertThat(heartbeat.worker().state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void triggerSaysWhenAndMayRest() {
        AtomicReference<Instant> next = new AtomicReference<>(time.now().plusSeconds(100));
        ManagedWorker worker = app.start(
                ManagedWorker.named("w").trigger(after -> next.getAndSet(null)).run(ctx -> beats.incrementAndGet()));
        assertThat(statsOf(worker).nextDue()).isEqualTo(time.now().plusSeconds(100));
        time.advance(Duration.ofSeconds(99));
        assertThat(beats).hasValue(0);
        time.advance(SECOND);
        awaitBeats(1);
        await().until(() -> statsOf(worker).nextDue() == null);
        time.advance(Duration.ofDays(1));
        assertThat(beats).hasValue(1);

        next.set(time.now().plusSeconds(1));
        worker.reschedule();
        time.advance(SECOND);
        awaitBeats(2);
    }

    @Test
    void triggerIsNotMissedWhereTimeJumpsWhileTheClocksAreRead() {
        AtomicInteger looks = new AtomicInteger();
        TimeSource jumping = new TimeSource() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public Instant now() {
                Instant now = time.now();
                // The first asks whether it is due, the second how long it is until then.
                if (Thread.currentThread().getName().startsWith("leakproof-ticker") && looks.incrementAndGet() == 2) {
                    time.advance(SECOND);
                }
                return now;
            }

            @Override
            public Registration onAdvance(Runnable listener) {
                return time.onAdvance(listener);
            }
        };
        try (Owner other = Owner.named("other").timeSource(jumping).build()) {
            other.start();
            AtomicReference<Instant> next = new AtomicReference<>(time.now().plusSeconds(31));
            other.start(ManagedWorker.named("w")
                    .trigger(after -> next.getAndSet(null))
                    .run(ctx -> beats.incrementAndGet()));
            // It is looked at every half minute.
            time.advance(Duration.ofSeconds(30));
            awaitBeats(1);
        }
    }

    @Test
    void triggerThatThrowsFailsItsWorker() {
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .trigger(after -> {
                    throw new IllegalStateException("thrown on purpose");
                })
                .run(ctx -> beats.incrementAndGet()));
        await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.FAILED));
        assertThat(worker.snapshot().failure()).hasMessageContaining("app/w").hasMessageContaining("thrown on purpose");
    }

    @Test
    void errorsOfTheMachineEndAPeriodicWorkerButAStackOverflowDoesNot() {
        Heartbeat overflowing =
                app.start(Heartbeat.named("overflowing").every(SECOND).beat(ctx -> {
                    throw new StackOverflowError();
                }));
        Heartbeat starved = app.start(Heartbeat.named("starved").every(SECOND).beat(ctx -> {
            throw new OutOfMemoryError("thrown on purpose");
        }));
        await().untilAsserted(() -> assertThat(starved.worker().state()).isEqualTo(NodeState.FAILED));
        await().until(() -> statsOf(overflowing).failed() == 1);
        assertThat(overflowing.worker().state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void stopDuringABeatInterruptsItAndNoneComesAfter() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Heartbeat heartbeat = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> {
            beats.incrementAndGet();
            never.await();
        }));
        awaitBeats(1);
        assertThat(heartbeat.worker().stop().isClean()).isTrue();
        assertThat(heartbeat.nextDue()).isEmpty();
        time.advance(Duration.ofMinutes(1));
        assertThat(beats).hasValue(1);
        assertThat(heartbeat.worker().snapshot().failure()).isNull();
    }

    @Test
    void afterOneThatIsFinalNoneIsDueAndNoneIsLeftOut() {
        Heartbeat failed = app.start(Heartbeat.named("h").every(SECOND).beat(ctx -> {
            throw new DoNotRestartException("on purpose");
        }));
        await().until(() -> failed.worker().state() == NodeState.FAILED);
        app.start(Heartbeat.named("other").every(SECOND).beat(ctx -> beats.incrementAndGet()));
        awaitBeats(1);
        for (int i = 2; i <= 4; i++) {
            time.advance(SECOND);
            awaitBeats(i);
        }
        assertThat(failed.nextDue()).isEmpty();
        assertThat(failed.skipped()).isZero();
    }

    @Test
    void triggerMaySayAnyTime() {
        ManagedWorker worker =
                app.start(ManagedWorker.named("w").trigger(after -> Instant.MAX).run(ctx -> beats.incrementAndGet()));
        assertThat(statsOf(worker).nextDue()).isEqualTo(Instant.MAX);
        time.advance(Duration.ofDays(1));
        assertThat(worker.state()).isEqualTo(NodeState.RUNNING);
    }
}
