package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shapes in which threads leak: as one meets them, each caught by a stop, and in the form that ends. */
class LeakShapesTest {

    private final CountDownLatch in = new CountDownLatch(1);
    private final Queue<String> done = new ConcurrentLinkedQueue<>();
    private final Owner app =
            Owner.named("app").stopTimeout(Duration.ofMillis(600)).build();

    /** Ends what leaks here on purpose. */
    private volatile boolean testOver;

    @AfterEach
    void endLeaks() {
        testOver = true;
        await().untilAsserted(
                        () -> assertThat(app.snapshot().all()).noneMatch(node -> node.state() == NodeState.LEAKED));
    }

    private StopReport stop() throws InterruptedException {
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        return app.stop();
    }

    // A receiver that nobody closes

    /** It logs and goes on, whatever the exception was: that of its stop, too. */
    private void receiveForEver(BlockingQueue<String> queue) {
        while (!testOver) {
            try {
                in.countDown();
                String message = queue.poll(50, TimeUnit.MILLISECONDS);
                if (message != null) {
                    done.add(message);
                }
            } catch (Exception e) {
                done.add("failed: " + e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void receiverThatNobodyClosesIsNamedByTheStop(ThreadKind threads) throws Exception {
        BlockingQueue<String> queue = new LinkedBlockingQueue<>();
        app.start();
        app.start(ManagedWorker.named("receiver").threads(threads).run(ctx -> receiveForEver(queue)));
        queue.put("message");
        StopReport report = stop();
        assertThat(report.leaked()).singleElement().satisfies(entry -> {
            assertThat(entry.path()).isEqualTo("app/receiver");
            assertThat(entry.leak().where()).contains("LeakShapesTest.receiveForEver");
        });
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void receiverOfAPoolEndsWhenThePoolIsClosedOrStopped(ThreadKind threads) throws Exception {
        app.start();
        WorkerPool<String> closed = app.start(WorkerPool.<String>named("closed")
                .threads(threads)
                .stopMode(StopMode.DRAIN)
                .process((ctx, message) -> done.add(message)));
        WorkerPool<String> stopped = app.start(
                WorkerPool.<String>named("stopped").threads(threads).process((ctx, message) -> in.countDown()));
        closed.submit("first");
        closed.submit("last");
        closed.close();
        assertThat(done).containsExactly("first", "last");
        assertThat(closed.worker().state()).isEqualTo(NodeState.STOPPED);
        stopped.submit("message");
        assertThat(stop().isClean()).isTrue();
        assertThat(stopped.worker().state()).isEqualTo(NodeState.STOPPED);
    }

    // A loop that asks nobody whether to go on

    private void spinForEver() {
        while (!testOver) {
            in.countDown();
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void spinWithoutCancellationIsNamedByTheStop(ThreadKind threads) throws Exception {
        app.start();
        app.start(ManagedWorker.named("spinner").threads(threads).run(ctx -> spinForEver()));
        StopReport report = stop();
        assertThat(report.leaked()).singleElement().satisfies(entry -> {
            assertThat(entry.path()).isEqualTo("app/spinner");
            assertThat(entry.leak().threadState()).isEqualTo(Thread.State.RUNNABLE);
            assertThat(entry.leak().where()).contains("LeakShapesTest.spinForEver");
        });
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void spinThatAsksWhetherItIsToStopEnds(ThreadKind threads) throws Exception {
        app.start();
        app.start(ManagedWorker.named("spinner").threads(threads).run(ctx -> {
            while (!ctx.isStopping()) {
                in.countDown();
                Thread.onSpinWait();
            }
        }));
        assertThat(stop().isClean()).isTrue();
    }

    @Test
    void loopThatRestsInItsContextEndsWithoutAnInterrupt() throws Exception {
        app.start();
        app.start(ManagedWorker.named("poller").stopMode(StopMode.FINISH).run(ctx -> {
            while (ctx.sleep(Duration.ofMillis(1))) {
                in.countDown();
            }
        }));
        StopReport report = stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.entries())
                .allSatisfy(entry -> assertThat(entry.stage()).isEqualTo(StopStage.SIGNAL));
    }
}
