package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a pool, its items and its submitters when it is told to stop. */
class WorkerPoolStopTest {

    private final Queue<Object> done = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Owner app = Owner.root("app");

    @AfterEach
    void stopTree() {
        gate.countDown();
        app.close();
    }

    /** One with two items in hand, which wait at the gate, and three more in the queue. */
    private WorkerPool<Integer> busyPool(StopMode mode, ThreadKind threads) throws InterruptedException {
        WorkerPool<Integer> pool = app.start(WorkerPool.<Integer>named("import")
                .workers(2)
                .capacity(3)
                .stopMode(mode)
                .threads(threads)
                .process((ctx, item) -> {
                    gate.await();
                    done.add(item);
                }));
        pool.submit(0);
        pool.submit(1);
        await().until(() -> pool.stats().busy() == 2);
        for (int i = 2; i < 5; i++) {
            pool.submit(i);
        }
        return pool;
    }

    private void submitOnAThreadOfItsOwn(WorkerPool<Integer> pool, int item) {
        Thread submitter = new Thread(() -> {
            try {
                pool.submit(item);
            } catch (Throwable e) {
                thrown.add(e);
            }
        });
        submitter.setDaemon(true);
        submitter.start();
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void completesAllThatWasAcceptedWhenItDrains(ThreadKind threads) throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.DRAIN, threads);
        pool.worker().cancel();
        await().until(() -> pool.worker().snapshot().children().get(0).state() == NodeState.STOPPING);
        gate.countDown();
        assertThat(pool.worker().await(Duration.ofSeconds(20))).isTrue();
        assertThat(done).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(pool.leftOver()).isEmpty();
        assertThat(pool.cutShort()).isEmpty();
        assertThat(pool.worker().stop().isClean()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void completesWhatIsInHandWhenItFinishes(ThreadKind threads) throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.FINISH, threads);
        pool.worker().cancel();
        // Of which the state tells before they are told.
        await().until(() -> pool.worker().childrenInOrder().stream()
                .allMatch(child -> child.current().isStopping()));
        gate.countDown();
        assertThat(pool.worker().await(Duration.ofSeconds(20))).isTrue();
        assertThat(done).containsExactlyInAnyOrder(0, 1);
        assertThat(pool.leftOver()).containsExactly(2, 3, 4);
        assertThat(pool.cutShort()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void abandonsAllWhenItIsInterrupted(ThreadKind threads) throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.INTERRUPT, threads);
        StopReport report = pool.worker().stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.with(StopReport.Outcome.FAILED)).isEmpty();
        assertThat(done).isEmpty();
        assertThat(pool.leftOver()).containsExactly(2, 3, 4);
        assertThat(pool.cutShort()).containsExactlyInAnyOrder(0, 1);
        assertThat(pool.stats().cutShort()).isEqualTo(2);
        assertThat(pool.worker().snapshot().details())
                .containsEntry("leftOver", 3)
                .containsEntry("cutShort", 2L);
    }

    @Test
    void abandonsTheRestWhenTheGraceIsSpent() throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.DRAIN, ThreadKind.PLATFORM);
        // The force stage is the last second: enough for a busy machine.
        StopReport report = pool.worker().stop(Duration.ofSeconds(6));
        assertThat(report.isClean()).isTrue();
        assertThat(pool.leftOver()).containsExactly(2, 3, 4);
        assertThat(pool.cutShort()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void drainsWhatWasAcceptedEvenIfNoWorkerHasBegunYet() throws Exception {
        for (int round = 0; round < 200; round++) {
            done.clear();
            Owner owner = app.child("round" + round);
            WorkerPool<Integer> pool = owner.start(WorkerPool.<Integer>named("import")
                    .workers(2)
                    .stopMode(StopMode.DRAIN)
                    .process((ctx, item) -> done.add(item)));
            pool.submit(1);
            pool.submit(2);
            pool.submit(3);
            pool.close();
            assertThat(done).as("round %s", round).containsExactlyInAnyOrder(1, 2, 3);
            app.detach(owner);
        }
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void everyBlockedSubmitterIsToldThatItStops(StopMode mode) throws Exception {
        WorkerPool<Integer> pool = busyPool(mode, ThreadKind.PLATFORM);
        for (int i = 5; i < 9; i++) {
            submitOnAThreadOfItsOwn(pool, i);
        }
        await().until(() -> pool.stats().blocked() == 4);
        pool.worker().cancel();
        await().untilAsserted(() -> assertThat(thrown)
                .hasSize(4)
                .allSatisfy(e ->
                        assertThat(e).isInstanceOf(PoolClosedException.class).hasMessageContaining("app/import")));
        gate.countDown();
        assertThat(pool.worker().await(Duration.ofSeconds(20))).isTrue();
        assertThat(done).doesNotContain(5, 6, 7, 8);
        assertThat(pool.leftOver()).doesNotContain(5, 6, 7, 8);
        assertThatThrownBy(() -> pool.submit(9)).isInstanceOf(PoolClosedException.class);
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void idlePoolEndsAtOnce(StopMode mode) {
        WorkerPool<Integer> pool = app.start(
                WorkerPool.<Integer>named("idle").workers(3).stopMode(mode).process((ctx, item) -> done.add(item)));
        await().until(() ->
                pool.worker().snapshot().children().stream().allMatch(child -> child.state() == NodeState.RUNNING));
        StopReport report = pool.worker().stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.took()).as("far less than its grace").isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void oneWorkerMayBeStoppedForItselfAndTheOthersGoOn() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        WorkerPool<Integer> pool =
                app.start(WorkerPool.<Integer>named("import").workers(2).process((ctx, item) -> {
                    if (item == 0) {
                        done.add(ctx.path());
                        stuck.countDown();
                        gate.await();
                    }
                    done.add(item);
                }));
        pool.submit(0);
        assertThat(stuck.await(20, TimeUnit.SECONDS)).isTrue();
        String path = (String) done.remove();
        Node worker = pool.worker().childNamed(path.substring(path.lastIndexOf('/') + 1));
        assertThat(worker.stop().isClean()).isTrue();
        pool.submit(1);
        pool.submit(2);
        await().untilAsserted(() -> assertThat(done).containsExactly(1, 2));
        worker.start();
        await().until(() -> worker.state() == NodeState.RUNNING);
        pool.close();
        assertThat(pool.cutShort()).containsExactly(0);
    }

    @Test
    void poolWithoutAWorkerRefusesAndLetsGoWhoeverWaitsForRoom() throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.INTERRUPT, ThreadKind.PLATFORM);
        submitOnAThreadOfItsOwn(pool, 5);
        await().until(() -> pool.stats().blocked() == 1);
        pool.worker().childNamed("1").stop();
        assertThat(pool.stats().blocked()).isEqualTo(1);
        pool.worker().childNamed("2").stop();
        await().untilAsserted(() -> assertThat(thrown)
                .singleElement()
                .isInstanceOf(PoolClosedException.class)
                .asString()
                .contains("none of its workers is left"));
        assertThatThrownBy(() -> pool.offer(6)).isInstanceOf(PoolClosedException.class);

        gate.countDown();
        pool.worker().childNamed("2").start();
        await().untilAsserted(() -> assertThat(done).containsExactly(2, 3, 4));
        pool.submit(7);
        await().untilAsserted(() -> assertThat(done).containsExactly(2, 3, 4, 7));
    }

    @Test
    void poolWhoseWorkersWereAllLeftOutOfItsStartRefuses() throws Exception {
        CountDownLatch inHand = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        WorkerPool<Integer> pool = app.start(WorkerPool.<Integer>named("stubborn")
                .stopTimeout(Duration.ofMillis(100))
                .process((ctx, item) -> {
                    inHand.countDown();
                    while (mayEnd.getCount() > 0) {
                        try {
                            mayEnd.await();
                        } catch (InterruptedException e) {
                            // On purpose.
                        }
                    }
                    done.add(item);
                }));
        pool.submit(0);
        inHand.await();
        assertThat(pool.worker().stop().isClean()).isFalse();
        pool.worker().start();
        assertThatThrownBy(() -> pool.submit(1)).hasMessageContaining("none of its workers is left");
        mayEnd.countDown();
        await().until(() -> pool.worker().childNamed("1").state() == NodeState.STOPPED);
        pool.worker().childNamed("1").start();
        pool.submit(2);
        await().until(() -> done.contains(2));
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void idleWorkerEndsWhenItIsStoppedForItself(StopMode mode) throws Exception {
        WorkerPool<Integer> pool = app.start(
                WorkerPool.<Integer>named("import").workers(2).stopMode(mode).process((ctx, item) -> done.add(item)));
        await().until(() ->
                pool.worker().snapshot().children().stream().allMatch(child -> child.state() == NodeState.RUNNING));
        StopReport report = pool.worker().childNamed("1").stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.took()).as("far less than its grace").isLessThan(Duration.ofSeconds(9));
        pool.submit(1);
        await().untilAsserted(() -> assertThat(done).containsExactly(1));
    }

    @Test
    void startsAgainWithAnEmptyQueueAndKeepsWhatWasLeft() throws Exception {
        WorkerPool<Integer> pool = busyPool(StopMode.INTERRUPT, ThreadKind.PLATFORM);
        pool.close();
        gate.countDown();
        pool.worker().start();
        assertThat(pool.stats().depth()).isZero();
        assertThat(pool.leftOver()).containsExactly(2, 3, 4);
        pool.leftOver().forEach(item -> assertThat(pool.offer(item)).isTrue());
        await().untilAsserted(() -> assertThat(done).containsExactlyInAnyOrder(2, 3, 4));
        pool.close();
        assertThat(pool.leftOver()).isEmpty();
        assertThat(pool.cutShort()).isEmpty();
        NodeSnapshot node = pool.worker().snapshot();
        assertThat(node.starts()).isEqualTo(node.stops()).isEqualTo(2);
    }

    @Test
    void stuckItemLeaksItsWorkerIsAmongWhatWasCutShortAndDoesNotDisturbTheNextStart() throws Exception {
        WorkerPool<Integer> pool =
                app.start(WorkerPool.<Integer>named("import").workers(2).process((ctx, item) -> {
                    while (item == 0 && gate.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    done.add(item);
                }));
        pool.submit(0);
        await().until(() -> pool.stats().busy() == 1);
        StopReport report = pool.worker().stop(Duration.ofSeconds(2)); // enough for the idle one
        assertThat(report.leaked())
                .singleElement()
                .satisfies(entry -> assertThat(entry.leak().where()).contains("WorkerPoolStopTest"));
        assertThat(pool.cutShort()).containsExactly(0);

        pool.worker().start();
        IntStream.range(1, 50).forEach(item -> assertThat(pool.offer(item)).isTrue());
        await().untilAsserted(() -> assertThat(done).hasSize(49));
        assertThat(pool.cutShort()).containsExactly(0);
        gate.countDown();
        await().untilAsserted(() -> assertThat(pool.cutShort()).isEmpty());
    }

    @Test
    void everythingAcceptedIsDoneOrLeftWhateverTheTimeOfTheStop() throws Exception {
        for (StopMode mode : StopMode.values()) {
            for (int round = 0; round < 50; round++) {
                done.clear();
                Queue<Integer> accepted = new ConcurrentLinkedQueue<>();
                Owner owner = app.child(mode + "" + round);
                WorkerPool<Integer> pool = owner.start(WorkerPool.<Integer>named("import")
                        .workers(2)
                        .capacity(2)
                        .stopMode(mode)
                        .process((ctx, item) -> done.add(item)));
                Thread[] submitters = new Thread[2];
                for (int s = 0; s < submitters.length; s++) {
                    int base = 1_000_000 * s;
                    submitters[s] = new Thread(() -> {
                        try {
                            for (int i = 0; ; i++) {
                                pool.submit(base + i);
                                accepted.add(base + i);
                            }
                        } catch (PoolClosedException | InterruptedException e) {
                            // The end.
                        }
                    });
                    submitters[s].start();
                }
                int enough = round;
                await().pollInterval(Duration.ofMillis(1)).until(() -> accepted.size() >= enough);
                pool.close();
                for (Thread submitter : submitters) {
                    submitter.join(20_000);
                    assertThat(submitter.isAlive()).isFalse();
                }
                Queue<Object> accounted = new ConcurrentLinkedQueue<>(done);
                accounted.addAll(pool.leftOver());
                accounted.addAll(pool.cutShort());
                assertThat(accounted).as("%s %s", mode, round).containsExactlyInAnyOrderElementsOf(accepted);
                if (mode == StopMode.DRAIN) {
                    assertThat(pool.leftOver()).isEmpty();
                }
                app.detach(owner);
            }
        }
    }

    @Test
    void whoeverWaitsForRoomIsLetGoWhenTheLastWorkerIsStoppedBeforeItsRestart() throws Exception {
        Owner root = Owner.named("root")
                .timeSource(new ManualTime())
                .threadsFrom((kind, name, task) -> {
                    if (name.equals("root/import/1")) {
                        throw new OutOfMemoryError("unable to create native thread, on purpose");
                    }
                    return Threads.make(kind, name, task);
                })
                .build();
        root.start();
        try {
            WorkerPool<Integer> pool =
                    root.start(WorkerPool.<Integer>named("import").capacity(1).process((ctx, item) -> done.add(item)));
            Node worker = pool.worker().childNamed("1");
            await().until(() -> worker.state() == NodeState.BACKING_OFF);
            pool.submit(1);
            submitOnAThreadOfItsOwn(pool, 2);
            await().until(() -> pool.stats().blocked() == 1);
            worker.stop();
            await().untilAsserted(() -> assertThat(thrown).singleElement().isInstanceOf(PoolClosedException.class));
        } finally {
            root.close();
        }
    }

    @Test
    void poolWithoutAWorkerAcceptsAsSoonAsOneIsStartedThoughAnotherIsStuck() throws Exception {
        CountDownLatch inHand = new CountDownLatch(1);
        CountDownLatch mayBegin = new CountDownLatch(0);
        AtomicReference<CountDownLatch> delay = new AtomicReference<>(mayBegin);
        Owner root = Owner.named("root")
                .threadsFrom((kind, name, task) -> Threads.make(kind, name, () -> {
                    if (name.startsWith("root/import")) {
                        awaitIgnoringInterrupts(delay.get());
                    }
                    task.run();
                }))
                .build();
        root.start();
        try {
            WorkerPool<Integer> pool = root.start(WorkerPool.<Integer>named("import")
                    .workers(2)
                    .stopTimeout(Duration.ofMillis(100))
                    .process((ctx, item) -> {
                        if (item == 0) {
                            done.add(ctx.path());
                            inHand.countDown();
                            awaitIgnoringInterrupts(gate);
                        }
                        done.add(item);
                    }));
            pool.submit(0);
            inHand.await();
            Node stuck = pool.worker().childNamed(done.remove().toString().endsWith("/1") ? "1" : "2");
            Node other = pool.worker().childNamed(stuck.name().equals("1") ? "2" : "1");
            stuck.stop();
            other.stop();
            assertThatThrownBy(() -> pool.submit(1)).isInstanceOf(PoolClosedException.class);
            CountDownLatch later = new CountDownLatch(1);
            delay.set(later);
            other.start();
            pool.submit(2);
            later.countDown();
            await().untilAsserted(() -> assertThat(done).containsExactly(2));
        } finally {
            gate.countDown();
            root.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsLeftIsLoggedOnceThoughNoWorkerIsThereAtTheEnd(boolean oneByOne) throws Exception {
        try (LogCapture logs = new LogCapture()) {
            WorkerPool<Integer> pool = busyPool(StopMode.INTERRUPT, ThreadKind.PLATFORM);
            if (oneByOne) {
                pool.worker().childNamed("1").stop();
                pool.worker().childNamed("2").stop();
                assertThat(logs.lines("has left")).isEmpty();
            }
            pool.close();
            assertThat(logs.lines("has left 5 items: 3 were not begun, 2 were begun and cut short"))
                    .hasSize(1);
        }
    }

    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // On purpose.
            }
        }
    }
}
