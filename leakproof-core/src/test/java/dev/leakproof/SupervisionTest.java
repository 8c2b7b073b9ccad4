package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time stands still here unless a test moves it. */
class SupervisionTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Until told.
        }
    };

    private static final RestartPolicy EXACT = RestartPolicy.onFailure().jitter(0);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicReference<NodeSnapshot> closedFor = new AtomicReference<>();
    private final Owner app = Owner.named("app")
            .timeSource(time)
            .applicationCloser(closedFor::set)
            .build();

    @AfterEach
    void stop() {
        app.close();
    }

    private ManagedWorker failing(RestartPolicy policy) {
        return ManagedWorker.named("w").restart(policy).run(ctx -> {
            throw new IllegalStateException("failure " + runs.incrementAndGet());
        });
    }

    private static void awaitState(TreeNode node, NodeState expected) {
        await().untilAsserted(() -> assertThat(node.state()).isEqualTo(expected));
    }

    @Test
    void restartsAfterAFailureWithAGrowingBackoffUntilItIsTooMuch() {
        app.start();
        ManagedWorker worker = app.start(failing(EXACT));
        for (int seconds : new int[] {1, 2, 4, 8, 16}) {
            awaitState(worker, NodeState.BACKING_OFF);
            int before = runs.get();
            time.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(runs).hasValue(before);
            time.advance(Duration.ofMillis(1));
            await().untilAsserted(() -> assertThat(runs).hasValue(before + 1));
        }
        awaitState(worker, NodeState.FAILED);
        assertThat(worker.snapshot().restarts()).isEqualTo(5);
        assertThat(worker.snapshot().starts())
                .isEqualTo(6)
                .isEqualTo(worker.snapshot().stops());
        assertThat(worker.snapshot().failure()).hasMessage("failure 6");
        time.advance(Duration.ofHours(1));
        assertThat(runs).hasValue(6);
    }

    @Test
    void beginsAnewOnceItHasRunForAsLongAsTheWindow() {
        app.start();
        CompletableFuture<Void> mayFail = new CompletableFuture<>();
        ManagedWorker worker = app.start(ManagedWorker.named("w").restart(EXACT).run(ctx -> {
            if (runs.incrementAndGet() == 3) {
                mayFail.join();
            }
            throw new IllegalStateException("on purpose");
        }));
        for (int seconds : new int[] {1, 2}) {
            awaitState(worker, NodeState.BACKING_OFF);
            time.advance(Duration.ofSeconds(seconds));
            await().until(() -> worker.state() != NodeState.BACKING_OFF || runs.get() == 2);
        }
        await().untilAsserted(() -> assertThat(runs).hasValue(3));
        time.advance(Duration.ofMinutes(1));
        mayFail.complete(null);
        awaitState(worker, NodeState.BACKING_OFF);
        time.advance(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(runs).hasValue(4));
    }

    @Test
    void jitterStaysWithinItsShare() {
        RestartPolicy policy = RestartPolicy.onFailure().backoff(Duration.ofSeconds(10), Duration.ofSeconds(100));
        for (int i = 0; i < 1_000; i++) {
            assertThat(policy.backoffAfter(1)).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(24));
            assertThat(policy.backoffAfter(1_000_000)).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(100));
        }
    }

    @Test
    void neverMeansNeverAndAlwaysMeansAlsoAfterSuccess() {
        app.start();
        ManagedWorker never = app.start(failing(RestartPolicy.never()));
        awaitState(never, NodeState.FAILED);
        AtomicInteger bodies = new AtomicInteger();
        ManagedWorker always = app.start(
                ManagedWorker.named("always").restart(RestartPolicy.always()).run(ctx -> bodies.incrementAndGet()));
        awaitState(always, NodeState.BACKING_OFF);
        time.advance(Duration.ofSeconds(2));
        await().untilAsserted(() -> assertThat(bodies).hasValue(2));
        ManagedWorker once = app.start(ManagedWorker.named("once").run(ctx -> {}));
        awaitState(once, NodeState.STOPPED);
    }

    @Test
    void stopEndsABackoffAtOnceAndNoRestartFollows() {
        app.start();
        ManagedWorker worker = app.start(failing(EXACT));
        awaitState(worker, NodeState.BACKING_OFF);
        StopReport report = app.stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.entries()).extracting(StopReport.Entry::path).contains("app/w");
        assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
        time.advance(Duration.ofHours(1));
        assertThat(runs).hasValue(1);
        assertThat(worker.snapshot().starts()).isEqualTo(worker.snapshot().stops());
    }

    @Test
    void stopOfTheBackingOffWorkerItselfLeavesItsOwnerRunning() {
        app.start();
        ManagedWorker worker = app.start(failing(EXACT));
        awaitState(worker, NodeState.BACKING_OFF);
        worker.stop();
        assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
        assertThat(app.state()).isEqualTo(NodeState.RUNNING);
        worker.start();
        await().untilAsserted(() -> assertThat(runs).hasValue(2));
    }

    @Test
    void cancellationThatNobodyAskedForIsAFailure() {
        app.start();
        ManagedWorker worker = app.start(
                ManagedWorker.named("w").restart(RestartPolicy.never()).run(ctx -> {
                    throw new CancellationException("nobody asked");
                }));
        awaitState(worker, NodeState.FAILED);
    }

    @Test
    void stackOverflowIsRestartedOtherErrorsOfTheMachineAreNot() {
        app.start();
        ManagedWorker overflow = app.start(ManagedWorker.named("overflow").run(ctx -> {
            throw new StackOverflowError();
        }));
        ManagedWorker memory = app.start(ManagedWorker.named("memory").run(ctx -> {
            throw new OutOfMemoryError("thrown on purpose");
        }));
        awaitState(overflow, NodeState.BACKING_OFF);
        awaitState(memory, NodeState.FAILED);
    }

    @Test
    void bodyMaySayThatItIsNotToBeRestartedOrThatItsOwnerIsToStop() {
        app.start();
        ManagedWorker forGood = app.start(ManagedWorker.named("for-good").run(ctx -> {
            throw new DoNotRestartException("no licence");
        }));
        awaitState(forGood, NodeState.FAILED);
        assertThat(app.state()).isEqualTo(NodeState.RUNNING);

        Owner group = app.child("group");
        ManagedWorker sibling = group.start(ManagedWorker.named("sibling").run(UNTIL_TOLD));
        group.start(ManagedWorker.named("key").run(ctx -> {
            throw new StopOwnerException("nothing works without me");
        }));
        awaitState(group, NodeState.STOPPED);
        assertThat(sibling.state()).isEqualTo(NodeState.STOPPED);
        assertThat(app.state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void tooManyFailuresStopTheOwnerOrCloseTheApplicationIfAsked() {
        app.start();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        app.addListener(new TreeListener() {
            @Override
            public void escalated(NodeSnapshot node, Escalation escalation) {
                heard.add(node.path() + " " + escalation);
            }
        });
        Owner group = app.child("group");
        group.start(failing(EXACT.intensity(0, Duration.ofMinutes(1)).escalation(Escalation.STOP_OWNER)));
        awaitState(group, NodeState.STOPPED);

        app.start(failing(EXACT.intensity(0, Duration.ofMinutes(1)).escalation(Escalation.CLOSE_APPLICATION)));
        await().until(() -> closedFor.get() != null);
        assertThat(closedFor.get().path()).isEqualTo("app/w");
        await().untilAsserted(
                        () -> assertThat(heard).containsExactly("app/group/w STOP_OWNER", "app/w CLOSE_APPLICATION"));
    }

    @Test
    void instancesOfOneWorkerAreRestartedEachForItself() {
        app.start();
        CountDownLatch others = new CountDownLatch(2);
        AtomicInteger failed = new AtomicInteger();
        ManagedWorker worker =
                app.start(ManagedWorker.named("w").concurrency(3).restart(EXACT).run(ctx -> {
                    if (ctx.path().endsWith("/2") && failed.getAndIncrement() == 0) {
                        throw new IllegalStateException("on purpose");
                    }
                    others.countDown();
                    UNTIL_TOLD.run(ctx);
                }));
        await().until(() -> others.getCount() == 0);
        NodeSnapshot snapshot = worker.snapshot();
        assertThat(snapshot.children()).extracting(NodeSnapshot::name).containsExactly("1", "2", "3");
        await().untilAsserted(() -> assertThat(worker.snapshot().children())
                .extracting(NodeSnapshot::state)
                .containsExactly(NodeState.RUNNING, NodeState.BACKING_OFF, NodeState.RUNNING));
        time.advance(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(worker.snapshot().children())
                .extracting(NodeSnapshot::state)
                .containsOnly(NodeState.RUNNING));
    }

    @Test
    void staticChildrenComeBackAfterARestartOfTheirOwnerDynamicOnesDoNot() {
        app.start();
        Owner group = app.child("group");
        ManagedWorker fixed = group.start(ManagedWorker.named("fixed").run(ctx -> {
            if (runs.incrementAndGet() == 1) {
                ctx.start(ManagedWorker.named("passing").run(UNTIL_TOLD));
            }
            UNTIL_TOLD.run(ctx);
        }));
        await().until(() -> fixed.snapshot().children().size() == 1);
        group.stop();
        assertThat(fixed.snapshot().children()).isEmpty();
        group.start();
        awaitState(fixed, NodeState.RUNNING);
        assertThat(fixed.snapshot().children()).isEmpty();
    }

    @Test
    void startWaitsUntilAWorkerIsReady() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        app.start();
        ManagedWorker worker = ManagedWorker.named("w")
                .awaitReady(Duration.ofSeconds(30))
                .run(ctx -> {
                    mayBeReady.await();
                    ctx.ready();
                    UNTIL_TOLD.run(ctx);
                });
        CompletableFuture<ManagedWorker> start = CompletableFuture.supplyAsync(() -> app.start(worker));
        awaitState(worker, NodeState.STARTING);
        assertThat(start).isNotDone();
        mayBeReady.countDown();
        start.get(10, TimeUnit.SECONDS);
        assertThat(worker.state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void startFailsAndStopsWhatItStartedWhenAWorkerIsNotReady() {
        ManagedWorker other = app.attach(ManagedWorker.named("other").run(UNTIL_TOLD));
        app.attach(ManagedWorker.named("late").awaitReady(Duration.ofMillis(50)).run(UNTIL_TOLD));
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(app::start)
                .withMessageContaining("app/late")
                .withMessageContaining("50ms")
                .withMessageContaining("ctx.ready()")
                .satisfies(e -> assertThat(e.path()).isEqualTo("app/late"));
        assertThat(other.state()).isEqualTo(NodeState.STOPPED);
        assertThat(app.state()).isEqualTo(NodeState.STOPPED);
    }

    @Test
    void startFailsAtOnceWhenAWorkerFailsBeforeItIsReady() {
        app.attach(ManagedWorker.named("w").awaitReady(Duration.ofMinutes(10)).run(ctx -> {
            throw new IllegalStateException("no broker");
        }));
        assertThatExceptionOfType(NotReadyException.class)
                .isThrownBy(app::start)
                .withMessageContaining("no broker");
        assertThat(app.state()).isEqualTo(NodeState.STOPPED);
    }

    @Test
    void pausedSubtreeIsLeftOutOfStartsUntilItIsResumed() {
        Owner group = Owner.named("group").build();
        ManagedWorker worker = group.attach(ManagedWorker.named("w").run(ctx -> {
            runs.incrementAndGet();
            UNTIL_TOLD.run(ctx);
        }));
        app.attach(group);
        app.start();
        awaitState(worker, NodeState.RUNNING);
        await().untilAsserted(() -> assertThat(runs).hasValue(1)); // its body comes after its state
        assertThat(group.pause().isClean()).isTrue();
        assertThat(group.state()).isEqualTo(NodeState.PAUSED);
        assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
        app.stop();
        app.start();
        assertThat(group.state()).isEqualTo(NodeState.PAUSED);
        assertThat(runs).hasValue(1);
        group.resume();
        awaitState(worker, NodeState.RUNNING);
        await().untilAsserted(() -> assertThat(runs).hasValue(2));
    }

    @Test
    void resumeThatIsRefusedLeavesItPaused() {
        ManagedWorker worker = app.attach(ManagedWorker.named("w").run(UNTIL_TOLD));
        worker.pause();
        assertThatIllegalStateException()
                .isThrownBy(worker::resume)
                .withMessage("Cannot start 'w' in owner 'app': expected it to be RUNNING, but it is NEW, and what is"
                        + " started there would have no owner");
        app.start();
        assertThat(worker.state()).isEqualTo(NodeState.PAUSED);
        worker.resume();
        awaitState(worker, NodeState.RUNNING);
    }

    @Test
    void refusesPoliciesThatMakeNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EXACT.backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("'initialBackoff'");
        assertThatIllegalArgumentException().isThrownBy(() -> EXACT.factor(0.5)).withMessageContaining("'factor'");
        assertThatIllegalArgumentException().isThrownBy(() -> EXACT.factor(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> EXACT.jitter(1.1)).withMessageContaining("'jitter'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EXACT.intensity(-1, Duration.ofSeconds(1)))
                .withMessageContaining("'maxRestarts'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManagedWorker.named("w")
                        .every(Duration.ofSeconds(1))
                        .restart(EXACT)
                        .run(ctx -> {}))
                .withMessageContaining("periodic");
    }

    @Test
    void oneThatIsToBeStartedAgainHasNotEnded() throws Exception {
        app.start();
        CountDownLatch mayEnd = new CountDownLatch(1);
        ManagedWorker worker = app.start(ManagedWorker.named("w").restart(EXACT).run(ctx -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("on purpose");
            }
            mayEnd.await();
        }));
        awaitState(worker, NodeState.BACKING_OFF);
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> ends(worker));
        assertThat(worker.await(Duration.ZERO)).isFalse();
        time.advance(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(runs).hasValue(2));
        assertThat(worker.await(Duration.ZERO)).isFalse();
        mayEnd.countDown();
        assertThat(worker.await(Duration.ofSeconds(20))).isTrue();
        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneThatIsStoppedBeforeItsRestartHasEnded() throws Exception {
        app.start();
        ManagedWorker worker = app.start(failing(EXACT));
        awaitState(worker, NodeState.BACKING_OFF);
        CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> ends(worker));
        worker.cancel();
        assertThat(worker.await(Duration.ofSeconds(20))).isTrue();
        assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean ends(TreeNode node) {
        try {
            return node.await(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
