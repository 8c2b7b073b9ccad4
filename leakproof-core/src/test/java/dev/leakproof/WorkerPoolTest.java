package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pool does while it runs; {@link WorkerPoolStopTest} has the rest. */
class WorkerPoolTest {

    private static final long PATIENCE_SECONDS = 20;

    private final Queue<Object> done = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private Owner app;

    @BeforeEach
    void startTree() {
        app = Owner.root("app");
    }

    @AfterEach
    void stopTree() {
        gate.countDown();
        app.close();
    }

    private WorkerPool.Builder<Integer> pool() {
        return WorkerPool.named("import");
    }

    /** One that is full: its worker waits at the gate with item 0, and item 1 fills the queue. */
    private WorkerPool<Integer> fullPool(WorkerPool.Builder<Integer> builder) throws InterruptedException {
        CountDownLatch inHand = new CountDownLatch(1);
        WorkerPool<Integer> pool = app.start(builder.capacity(1).process((ctx, item) -> {
            inHand.countDown();
            gate.await();
            done.add(item);
        }));
        pool.submit(0);
        assertThat(inHand.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        pool.submit(1);
        return pool;
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void dealsWithEveryItemOnceInOrderWithOneWorker(ThreadKind threads) throws Exception {
        WorkerPool<Integer> pool =
                app.start(pool().threads(threads).capacity(3).process((ctx, item) -> done.add(item)));
        for (int i = 0; i < 1000; i++) {
            pool.submit(i);
        }
        await().untilAsserted(() -> assertThat(done).hasSize(1000));
        assertThat(List.copyOf(done)).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void dealsWithAsManyItemsAtOnceAsItHasWorkers(ThreadKind threads) throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        WorkerPool<Integer> pool = app.start(pool().threads(threads).workers(4).process((ctx, item) -> {
            together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            done.add(ctx.path());
        }));
        for (int i = 0; i < 4; i++) {
            pool.submit(i);
        }
        await().untilAsserted(() -> assertThat(done)
                .containsExactlyInAnyOrder("app/import/1", "app/import/2", "app/import/3", "app/import/4"));
    }

    @Test
    void isOneNodeWithItsWorkersAsNumberedChildrenEvenWithOne() {
        WorkerPool<Integer> pool = app.start(pool().process((ctx, item) -> {}));
        NodeSnapshot node = pool.worker().snapshot();
        assertThat(node.kind()).isEqualTo(NodeKind.POOL);
        assertThat(node.path()).isEqualTo("app/import");
        assertThat(node.createdAt()).contains("WorkerPoolTest.java");
        assertThat(node.children()).singleElement().satisfies(child -> {
            assertThat(child.path()).isEqualTo("app/import/1");
            assertThat(child.kind()).isEqualTo(NodeKind.WORKER);
        });
        assertThat(pool.toString()).isEqualTo("pool 'app/import'");
    }

    @Test
    void submitWaitsForRoomByDefault() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool());
        CountDownLatch accepted = new CountDownLatch(1);
        Thread submitter = new Thread(() -> {
            try {
                pool.submit(2);
                accepted.countDown();
            } catch (InterruptedException e) {
                done.add(e);
            }
        });
        submitter.start();
        await().until(() -> pool.stats().blocked() == 1);
        assertThat(accepted.getCount()).isEqualTo(1);
        gate.countDown();
        assertThat(accepted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(done).containsExactly(0, 1, 2));
        assertThat(pool.stats().blocked()).isZero();
    }

    @Test
    void submitRejectsAtOnceWhenFullIfChosen() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool().onFull(OnFull.REJECT));
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> pool.submit(2))
                .isNotInstanceOf(PoolClosedException.class)
                .withMessageContaining("app/import")
                .withMessageContaining("1 items");
        assertThat(pool.stats().rejected()).isEqualTo(1);
    }

    @Test
    void submitRejectsAfterItsTimeWhenFullIfChosen() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool().onFull(OnFull.timeOut(Duration.ofMillis(50))));
        long begun = System.nanoTime();
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> pool.submit(2))
                .withMessageContaining("50ms");
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    }

    @Test
    void offerSaysWhetherThereWasRoom() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool());
        assertThat(pool.offer(2)).isFalse();
        assertThat(pool.offer(2, Duration.ofMillis(10))).isFalse();
        gate.countDown();
        assertThat(pool.offer(3, Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
        await().untilAsserted(() -> assertThat(done).containsExactly(0, 1, 3));
        assertThat(pool.offer(4)).isTrue();
    }

    @Test
    void interruptedSubmitterGivesUp() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool());
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread submitter = new Thread(() -> {
            try {
                pool.submit(2);
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        submitter.start();
        await().until(() -> pool.stats().blocked() == 1);
        submitter.interrupt();
        await().untilAsserted(() -> assertThat(thrown.get()).isInstanceOf(InterruptedException.class));
        gate.countDown();
        await().untilAsserted(() -> assertThat(done).containsExactly(0, 1));
    }

    @Test
    void acceptsNothingBeforeItIsStarted() {
        WorkerPool<Integer> pool = pool().process((ctx, item) -> {});
        assertThatExceptionOfType(PoolClosedException.class)
                .isThrownBy(() -> pool.submit(1))
                .withMessageContaining("'import'")
                .withMessageContaining("NEW");
        assertThatThrownBy(() -> pool.offer(1)).isInstanceOf(PoolClosedException.class);
        assertThat(pool.leftOver()).isEmpty();
    }

    @Test
    void failedItemIsSkippedAndTheHandlerTold() throws Exception {
        WorkerPool<Integer> pool = app.start(pool().failureHandler((item, failure) -> done.add(item + " " + failure))
                .process((ctx, item) -> {
                    if (item == 1) {
                        throw new IllegalStateException("no");
                    }
                    if (item == 2) {
                        throw new StackOverflowError();
                    }
                    done.add(item);
                }));
        for (int i = 0; i < 4; i++) {
            pool.submit(i);
        }
        await().untilAsserted(() -> assertThat(done)
                .containsExactly(0, "1 java.lang.IllegalStateException: no", "2 java.lang.StackOverflowError", 3));
        assertThat(pool.worker().state()).isEqualTo(NodeState.RUNNING);
        await().until(() -> pool.stats().completed() == 2);
        assertThat(pool.stats().failed()).isEqualTo(2);
    }

    @Test
    void handlerThatThrowsDoesNoHarm() throws Exception {
        WorkerPool<Integer> pool = app.start(pool().failureHandler((item, failure) -> {
                    throw new IllegalArgumentException("from the handler");
                })
                .process((ctx, item) -> {
                    if (item == 0) {
                        throw new IllegalStateException("no");
                    }
                    done.add(item);
                }));
        pool.submit(0);
        pool.submit(1);
        await().untilAsserted(() -> assertThat(done).containsExactly(1));
    }

    @Test
    void failedItemStopsThePoolIfChosen() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        WorkerPool<Integer> pool = app.start(
                pool().workers(2).capacity(1).onFailure(ItemFailurePolicy.STOP).process((ctx, item) -> {
                    mayFail.await();
                    if (item == 0) {
                        throw new IllegalStateException("no");
                    }
                    gate.await();
                }));
        pool.submit(0);
        pool.submit(1);
        await().until(() -> pool.stats().busy() == 2);
        pool.submit(2);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread blocked = new Thread(() -> {
            try {
                pool.submit(3);
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        blocked.start();
        await().until(() -> pool.stats().blocked() == 1);
        mayFail.countDown();

        await().untilAsserted(() -> assertThat(pool.worker().state()).isEqualTo(NodeState.FAILED));
        assertThat(pool.worker().snapshot().failure()).hasMessage("no");
        await().untilAsserted(() -> assertThat(thrown.get()).isInstanceOf(PoolClosedException.class));
        assertThat(pool.leftOver()).containsExactly(2);
        assertThat(pool.cutShort()).containsExactly(1);
        assertThat(pool.worker().snapshot().children()).noneMatch(child -> child.thread() != null);
    }

    @Test
    void itemMayStopTheOwner() throws Exception {
        Owner owner = app.child("imports");
        WorkerPool<Integer> pool = owner.start(pool().process((ctx, item) -> {
            throw new StopOwnerException("enough");
        }));
        pool.submit(0);
        await().untilAsserted(() -> assertThat(owner.state()).isEqualTo(NodeState.STOPPED));
        assertThat(pool.worker().state()).isEqualTo(NodeState.FAILED);
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void itemThatTakesTooLongIsCancelledAndTheNextOneIsNot(ThreadKind threads) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        WorkerPool<Integer> pool = app.start(pool().threads(threads)
                .itemTimeout(Duration.ofSeconds(1)) // long enough for the next one on a busy machine
                .failureHandler((item, thrown) -> failure.set(thrown))
                .process((ctx, item) -> {
                    if (item == 0) {
                        new CountDownLatch(1).await();
                    }
                    done.add(item + " " + ctx.isCancelled() + " "
                            + Thread.currentThread().isInterrupted());
                }));
        pool.submit(0);
        pool.submit(1);
        await().untilAsserted(() -> assertThat(done).containsExactly("1 false false"));
        assertThat(failure.get()).isInstanceOf(TimeoutException.class).hasMessageContaining("1s");
    }

    @Test
    void interruptLeftByAnItemDoesNotReachTheNext() throws Exception {
        WorkerPool<Integer> pool = app.start(pool().process((ctx, item) -> {
            done.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        }));
        pool.submit(0);
        pool.submit(1);
        pool.submit(2);
        await().untilAsserted(() -> assertThat(done).containsExactly(false, false, false));
    }

    @Test
    void showsItsNumbers() throws Exception {
        WorkerPool<Integer> pool = fullPool(pool().onFull(OnFull.REJECT));
        pool.offer(2);
        PoolStats stats = pool.stats();
        assertThat(stats.workers()).isEqualTo(1);
        assertThat(stats.busy()).isEqualTo(1);
        assertThat(stats.capacity()).isEqualTo(1);
        assertThat(stats.depth()).isEqualTo(1);
        assertThat(stats.accepted()).isEqualTo(2);
        assertThat(stats.rejected()).isEqualTo(1);
        assertThat(stats.completed()).isZero();
        assertThat(pool.worker().snapshot().details())
                .containsEntry("depth", 1)
                .containsEntry("capacity", 1)
                .containsEntry("busy", 1)
                .containsEntry("rejected", 1L);
        gate.countDown();
        await().until(() -> pool.stats().completed() == 2);
        stats = pool.stats();
        assertThat(stats.depth()).isZero();
        assertThat(stats.longestWait()).isPositive().isLessThanOrEqualTo(stats.totalWait());
        assertThat(stats.meanWait()).isPositive().isLessThanOrEqualTo(stats.longestWait());
        assertThat(stats.totalWork()).isPositive();
    }

    @Test
    void saysWhatIsWrongWithItsSettings() {
        assertThatIllegalArgumentException().isThrownBy(() -> pool().workers(0)).withMessageContaining("'import'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pool().capacity(0))
                .withMessageContaining("capacity");
        assertThatIllegalArgumentException().isThrownBy(() -> pool().itemTimeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> OnFull.timeOut(Duration.ZERO));
        assertThatThrownBy(() -> app.start(pool().process((ctx, item) -> {})).submit(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("must not be null");
    }
}
