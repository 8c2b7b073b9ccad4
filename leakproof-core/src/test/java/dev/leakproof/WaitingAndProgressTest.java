package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitingAndProgressTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ManualTime time = new ManualTime();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch in = new CountDownLatch(1);
    private Owner app = Owner.root("app");

    @AfterEach
    void stopTree() {
        gate.countDown();
        app.close();
    }

    private void turnTimeByHand() {
        app.close();
        app = Owner.named("app").timeSource(time).build();
        app.start();
    }

    private void awaitIn() throws InterruptedException {
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
    }

    // await

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void awaitEndsWhenTheConditionHolds(ThreadKind threads) throws Exception {
        AtomicBoolean condition = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        app.start(ManagedWorker.named("w")
                .threads(threads)
                .run(ctx -> result.complete(ctx.await(
                        () -> {
                            asked.incrementAndGet();
                            return condition.get();
                        },
                        LONG))));
        await().until(() -> asked.get() > 3);
        condition.set(true);
        assertThat(result.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void awaitEndsWhenTheTimeIsOverAndAsksOnceWithoutAny() throws Exception {
        CompletableFuture<Boolean> held = new CompletableFuture<>();
        CompletableFuture<Boolean> late = new CompletableFuture<>();
        CompletableFuture<Boolean> atOnce = new CompletableFuture<>();
        app.start(ManagedWorker.named("w").run(ctx -> {
            held.complete(ctx.await(() -> true, Duration.ZERO));
            late.complete(ctx.await(() -> false, Duration.ofMillis(20)));
            atOnce.complete(ctx.await(() -> false, Duration.ofMillis(-1)));
        }));
        assertThat(held.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(late.get(20, TimeUnit.SECONDS)).isFalse();
        assertThat(atOnce.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void stopSignalEndsAwaitAndWinsOverTheCondition(StopMode mode) throws Exception {
        CompletableFuture<Object> result = new CompletableFuture<>();
        CompletableFuture<Object> again = new CompletableFuture<>();
        app.start(ManagedWorker.named("w").stopMode(mode).run(ctx -> {
            in.countDown();
            try {
                result.complete(ctx.await(() -> false, LONG));
            } catch (InterruptedException e) {
                result.complete(e);
            }
            try {
                again.complete(ctx.await(() -> true, LONG));
            } catch (InterruptedException e) {
                again.complete(e);
            }
        }));
        awaitIn();
        assertThat(app.stop().took()).isLessThan(Duration.ofSeconds(8));
        if (mode == StopMode.INTERRUPT) {
            assertThat(result.get()).isInstanceOf(InterruptedException.class);
            assertThat(again.get()).isInstanceOf(InterruptedException.class);
        } else {
            assertThat(result.get()).isEqualTo(false);
            assertThat(again.get()).isEqualTo(false);
        }
    }

    // progress

    @Test
    void progressIsShownAndStaysAfterTheRun() throws Exception {
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> {
            in.countDown();
            ctx.progress(3, 10);
            ctx.progress("reading");
            gate.await();
            ctx.progress(10, -1);
        }));
        awaitIn();
        await().untilAsserted(() -> assertThat(worker.snapshot().progress()).satisfies(progress -> {
            assertThat(progress.done()).isEqualTo(3);
            assertThat(progress.total()).isEqualTo(10);
            assertThat(progress.note()).isEqualTo("reading");
            assertThat(progress.stallAfter()).isNull();
            assertThat(progress.stalled()).isFalse();
        }));
        gate.countDown();
        assertThat(worker.await(LONG)).isTrue();
        assertThat(worker.snapshot().progress().done()).isEqualTo(10);
        assertThat(worker.snapshot().progress().total()).isNull();
    }

    @Test
    void workerThatSaysNothingHasNoProgress() throws Exception {
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> {
            in.countDown();
            gate.await();
        }));
        awaitIn();
        assertThat(worker.snapshot().progress()).isNull();
        assertThat(app.snapshot().progress()).isNull();
        assertThat(ManagedWorker.named("w").run(ctx -> {}).snapshot().progress())
                .isNull();
    }

    @Test
    void negativeProgressIsRefused() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        app.start(ManagedWorker.named("w").run(ctx -> {
            try {
                ctx.progress(-1, 10);
            } catch (Throwable e) {
                thrown.complete(e);
            }
        }));
        assertThat(thrown.get(20, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("app/w");
    }

    @Test
    void silenceAtWorkIsAStallUntilTheNextReport() throws Exception {
        turnTimeByHand();
        CountDownLatch report = new CountDownLatch(1);
        ManagedWorker worker = app.start(
                ManagedWorker.named("w").stallAfter(Duration.ofMinutes(1)).run(ctx -> {
                    in.countDown();
                    report.await();
                    ctx.progress("alive");
                    gate.await();
                }));
        awaitIn();
        time.advance(Duration.ofSeconds(60));
        assertThat(worker.snapshot().progress().stalled()).isFalse();
        time.advance(Duration.ofSeconds(1));
        Progress progress = worker.snapshot().progress();
        assertThat(progress.stalled()).isTrue();
        assertThat(progress.stallAfter()).isEqualTo(Duration.ofMinutes(1));
        assertThat(progress.lastSign()).isEqualTo(time.now().minusSeconds(61));
        report.countDown();
        await().until(() -> !worker.snapshot().progress().stalled());
        assertThat(worker.snapshot().progress().lastSign()).isEqualTo(time.now());
    }

    @Test
    void sleepIsNoStallAndNeitherIsAnEndedRun() throws Exception {
        turnTimeByHand();
        ManagedWorker sleeper = app.start(
                ManagedWorker.named("sleeper").stallAfter(Duration.ofMinutes(1)).run(ctx -> {
                    in.countDown();
                    ctx.sleep(LONG);
                }));
        ManagedWorker ended = app.start(
                ManagedWorker.named("ended").stallAfter(Duration.ofMinutes(1)).run(ctx -> {}));
        awaitIn();
        assertThat(ended.await(LONG)).isTrue();
        time.advance(Duration.ofHours(1));
        await().untilAsserted(() ->
                assertThat(sleeper.snapshot().progress().stalled()).isFalse());
        assertThat(ended.snapshot().progress().stalled()).isFalse();
    }

    @Test
    void idlePoolIsNotStalledButOneWithASilentItemIs() throws Exception {
        turnTimeByHand();
        WorkerPool<Integer> pool = app.start(WorkerPool.<Integer>named("import")
                .stallAfter(Duration.ofMinutes(1))
                .process((ctx, item) -> {
                    ctx.progress(item, 7);
                    gate.await();
                }));
        await().until(() -> child(pool).state() == NodeState.RUNNING);
        time.advance(Duration.ofHours(1));
        await().until(() -> !child(pool).progress().stalled());
        pool.submit(5);
        await().until(() -> pool.stats().busy() == 1 && child(pool).progress().done() != null);
        assertThat(child(pool).progress().stalled()).isFalse();
        time.advance(Duration.ofMinutes(2));
        assertThat(child(pool).progress().stalled()).isTrue();
        assertThat(child(pool).progress().done()).isEqualTo(5);
    }

    private static NodeSnapshot child(WorkerPool<?> pool) {
        return pool.worker().snapshot().children().get(0);
    }

    @Test
    void stallAfterMustBeLongerThanZero() {
        assertThatThrownBy(() -> ManagedWorker.named("w").stallAfter(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stallAfter");
    }
}
