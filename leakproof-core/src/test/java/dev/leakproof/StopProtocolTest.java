package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.leakproof.StopReport.Outcome;
import dev.leakproof.failure.FailureMode;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies here record what happens to them by themselves; nothing is taken from leakproof's own events. */
class StopProtocolTest {

    /** Ends the bodies that tests leave stuck on purpose. */
    private final CountDownLatch testOver = new CountDownLatch(1);

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @AfterEach
    void releaseStuckBodies() {
        testOver.countDown();
    }

    private WorkerBody ignoringInterrupts(CountDownLatch inBody) {
        return ctx -> {
            inBody.countDown();
            awaitIgnoringInterrupts(testOver);
        };
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

    private static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static Owner root(Duration stopTimeout) {
        Owner root = Owner.named("app").stopTimeout(stopTimeout).build();
        root.start();
        return root;
    }

    @Test
    void signalsParentsFirstAndAwaitsChildrenFirstAtThreeLevels() throws Exception {
        for (StopMode mode : StopMode.values()) {
            seen.clear();
            CountDownLatch inBodies = new CountDownLatch(3);
            Owner app = root(Duration.ofSeconds(20));
            ManagedWorker top = app.start(nested(
                    "top", mode, inBodies, nested("middle", mode, inBodies, nested("bottom", mode, inBodies, null))));
            awaitLatch(inBodies);
            top.cancel();
            assertThat(top.await(Duration.ofSeconds(20))).isTrue();
            List<String> order = new ArrayList<>(seen);
            assertThat(order.stream().filter(event -> event.startsWith("told")))
                    .as(mode + " signals")
                    .containsExactly("told top", "told middle", "told bottom");
            assertThat(order).as(mode + " ends").contains("ended top", "ended middle", "ended bottom");
            app.close();
        }
    }

    private ManagedWorker nested(String name, StopMode mode, CountDownLatch inBodies, ManagedWorker child) {
        return ManagedWorker.named(name)
                .stopMode(mode)
                .onStop(() -> seen.add("told " + name))
                .run(ctx -> {
                    try {
                        if (child != null) {
                            ctx.start(child);
                        }
                        inBodies.countDown();
                        while (ctx.sleep(Duration.ofMinutes(1))) {
                            // Until told.
                        }
                    } finally {
                        seen.add("ended " + name);
                    }
                });
    }

    @Test
    void isNotDoneBeforeItsChildrenThoughItsBodyReturnedEarly() throws Exception {
        CountDownLatch childIn = new CountDownLatch(1);
        CountDownLatch childMayEnd = new CountDownLatch(1);
        AtomicBoolean childEnded = new AtomicBoolean();
        Owner app = root(Duration.ofSeconds(20));
        ManagedWorker parent = app.start(ManagedWorker.named("parent")
                .stopMode(StopMode.FINISH)
                .run(ctx -> ctx.start(ManagedWorker.named("child").run(child -> {
                    childIn.countDown();
                    try {
                        childMayEnd.await();
                    } finally {
                        childEnded.set(true);
                    }
                }))));
        awaitLatch(childIn);
        await().until(() -> parent.snapshot().thread() == null);
        parent.cancel();
        assertThat(parent.await(Duration.ofMillis(50))).isFalse();
        assertThat(parent.state().isTerminal()).isFalse();
        childMayEnd.countDown();
        assertThat(parent.await(Duration.ofSeconds(20))).isTrue();
        assertThat(childEnded).isTrue();
        app.close();
    }

    @Test
    void namesWhatDoesNotEndWithItsOwnerAndTheLineItIsStuckOn() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        Owner app = root(Duration.ofSeconds(3)); // enough for the sibling on a busy machine
        Owner group = app.child("group");
        group.start(ManagedWorker.named("stubborn").run(ignoringInterrupts(inBody)));
        AtomicBoolean siblingEnded = new AtomicBoolean();
        CountDownLatch siblingInBody = new CountDownLatch(1);
        group.start(ManagedWorker.named("sibling").run(ctx -> {
            siblingInBody.countDown();
            try {
                while (ctx.sleep(Duration.ofMinutes(1))) {
                    // Until told.
                }
            } finally {
                siblingEnded.set(true);
            }
        }));
        awaitLatch(inBody);
        awaitLatch(siblingInBody);

        StopReport report = app.stop();

        assertThat(report.leaked()).singleElement().satisfies(entry -> {
            assertThat(entry.path()).isEqualTo("app/group/stubborn");
            assertThat(entry.stage()).isEqualTo(StopStage.VERDICT);
            assertThat(entry.createdAt()).contains("StopProtocolTest.java");
            assertThat(entry.leak().where()).contains("StopProtocolTest.awaitIgnoringInterrupts");
            assertThat(entry.leak().isStuck()).isTrue();
        });
        assertThat(report.summary()).startsWith("3 stopped, 1 leaked in ").endsWith(" of 3s");
        // The root has no thread, so it need not use up its own time; the rest is for a busy machine.
        assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
        assertThat(siblingEnded).isTrue();
        assertThat(app.snapshot().all().filter(node -> node.state() == NodeState.LEAKED))
                .singleElement()
                .satisfies(node -> assertThat(node.leak()).isNotNull());
        assertThat(app.state()).isEqualTo(NodeState.STOPPED);
    }

    @Test
    void manyStuckSiblingsCostOneTimeout() throws Exception {
        int stuck = 20;
        CountDownLatch inBodies = new CountDownLatch(stuck);
        Owner app = root(Duration.ofSeconds(1));
        for (int i = 0; i < stuck; i++) {
            app.start(ManagedWorker.named("w" + i).run(ignoringInterrupts(inBodies)));
        }
        awaitLatch(inBodies);
        StopReport report = app.stop();
        assertThat(report.leaked()).hasSize(stuck);
        // One after the other would take 20 s.
        assertThat(report.took()).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void notesALateEndAndMayStartAgainThen() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch noted = new CountDownLatch(1);
        Owner app = root(Duration.ofMillis(300));
        app.addListener(new TreeListener() {
            @Override
            public void endedLate(NodeSnapshot node, Duration late) {
                noted.countDown();
            }
        });
        ManagedWorker worker = app.start(ManagedWorker.named("stubborn").run(ignoringInterrupts(inBody)));
        awaitLatch(inBody);
        assertThat(app.stop().leaked()).hasSize(1);
        assertThat(worker.snapshot().starts()).isEqualTo(1);
        assertThat(worker.snapshot().stops()).isZero();

        app.start();
        assertThat(worker.state()).as("not run beside itself").isEqualTo(NodeState.LEAKED);
        assertThat(worker.snapshot().starts()).isEqualTo(1);

        testOver.countDown();
        awaitLatch(noted);
        assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
        assertThat(worker.snapshot().stops()).isEqualTo(1);
        worker.start();
        assertThat(worker.snapshot().starts()).isEqualTo(2);
        app.close();
    }

    @Test
    void verdictThatComesBeforeTheSignalIsNotForEver() throws Exception {
        Owner app = root(Duration.ofSeconds(20));
        CountDownLatch inBodies = new CountDownLatch(2);
        app.start(ManagedWorker.named("first")
                .onStop(() -> awaitIgnoringInterrupts(testOver)) // keeps the hand busy past the time of the other
                .run(ctx -> {
                    inBodies.countDown();
                    ctx.sleep(Duration.ofMinutes(1));
                }));
        CountDownLatch givenUp = new CountDownLatch(1);
        ManagedWorker second = app.start(
                ManagedWorker.named("second").stopTimeout(Duration.ofMillis(20)).run(ctx -> {
                    inBodies.countDown();
                    awaitIgnoringInterrupts(givenUp);
                }));
        awaitLatch(inBodies);
        app.stop();
        assertThat(second.state()).isEqualTo(NodeState.LEAKED);
        givenUp.countDown();
        await().untilAsserted(() -> assertThat(second.state()).isEqualTo(NodeState.STOPPED));
        assertThat(second.snapshot().stops()).isEqualTo(1);
    }

    @Test
    void finishCompletesTheUnitInHandAndIsNotCancelledBeforeTheForceStage() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch unitMayEnd = new CountDownLatch(1);
        AtomicReference<String> unit = new AtomicReference<>("open");
        Owner app = root(Duration.ofSeconds(30));
        app.start(ManagedWorker.named("w").stopMode(StopMode.FINISH).run(ctx -> {
            ctx.onStop(told::countDown);
            inBody.countDown();
            unitMayEnd.await();
            unit.set(ctx.isStopping() && !ctx.isCancelled() ? "completed" : "cancelled");
        }));
        awaitLatch(inBody);
        CompletableFuture<StopReport> stop = CompletableFuture.supplyAsync(app::stop);
        awaitLatch(told);
        unitMayEnd.countDown();
        assertThat(stop.get(20, TimeUnit.SECONDS).isClean()).isTrue();
        assertThat(unit).hasValue("completed");
    }

    @Test
    void finishIsCancelledAndInterruptedWhenItsGraceIsSpent() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        Owner app = root(Duration.ofSeconds(6)); // a second of which is left for a busy machine to end it
        app.start(ManagedWorker.named("w").stopMode(StopMode.FINISH).run(ctx -> {
            inBody.countDown();
            try {
                testOver.await();
            } catch (InterruptedException e) {
                seen.add("cancelled " + ctx.isCancelled());
                throw e;
            }
        }));
        awaitLatch(inBody);
        StopReport report = app.stop();
        assertThat(report.isClean()).isTrue();
        assertThat(seen).containsExactly("cancelled true");
        assertThat(report.with(Outcome.STOPPED))
                .filteredOn(entry -> entry.path().equals("app/w"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.stage()).isEqualTo(StopStage.INTERRUPT);
                    assertThat(entry.took()).isGreaterThan(Duration.ofMillis(300));
                });
    }

    @Test
    void forceCutsTheGraceShort() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        Owner app = root(Duration.ofMinutes(10));
        app.start(ManagedWorker.named("w").stopMode(StopMode.FINISH).run(ctx -> {
            inBody.countDown();
            testOver.await();
        }));
        awaitLatch(inBody);
        CompletableFuture<StopReport> stop = CompletableFuture.supplyAsync(app::stop);
        await().until(() -> app.state() == NodeState.STOPPING);
        app.force();
        assertThat(stop.get(20, TimeUnit.SECONDS).isClean()).isTrue();
    }

    @Test
    void unblocksWhatIgnoresInterrupts() throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            CountDownLatch inBody = new CountDownLatch(1);
            Owner app = root(Duration.ofSeconds(20));
            app.start(ManagedWorker.named("reader").run(ctx -> {
                ctx.onUnblock(socket::close);
                inBody.countDown();
                socket.getInputStream().read();
            }));
            awaitLatch(inBody);
            StopReport report = app.stop();
            assertThat(report.isClean()).isTrue();
            assertThat(report.entries())
                    .filteredOn(entry -> entry.path().equals("app/reader"))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.stage()).isEqualTo(StopStage.UNBLOCK);
                        assertThat(entry.outcome()).isEqualTo(Outcome.STOPPED);
                    });
        }
    }

    @Test
    void hookThatThrowsOrHangsIsNotedAndHoldsUpNobody() throws Exception {
        CountDownLatch inBodies = new CountDownLatch(2);
        Owner app = root(Duration.ofSeconds(10));
        WorkerBody body = ctx -> {
            inBodies.countDown();
            while (ctx.sleep(Duration.ofMinutes(1))) {
                // Until told.
            }
        };
        app.start(ManagedWorker.named("a")
                .onStop(() -> {
                    throw new IllegalStateException("thrown on purpose");
                })
                .onStop(() -> awaitIgnoringInterrupts(testOver))
                .onStop(() -> seen.add("third hook of a"))
                .run(body));
        app.start(ManagedWorker.named("b").onStop(() -> seen.add("hook of b")).run(body));
        awaitLatch(inBodies);
        StopReport report;
        try (LogCapture logs = new LogCapture()) {
            report = app.stop();
            FailureMode.of("A hook throws or hangs").assertSeenIn(logs.text());
        }
        assertThat(report.isClean()).isTrue();
        // The worker may have ended before its hook.
        await().untilAsserted(() -> assertThat(seen).containsExactly("third hook of a", "hook of b"));
        assertThat(report.entries())
                .filteredOn(entry -> entry.path().equals("app/a"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.notes())
                        .hasSize(2)
                        .anyMatch(note -> note.contains("thrown on purpose"))
                        .anyMatch(note -> note.contains("is stuck at")));
    }

    /** The hand is held up by another hook until all has ended. */
    @Test
    void hookThatAWorkerLeavesWithItsLastLineIsStillRun() throws Exception {
        CountDownLatch inBodies = new CountDownLatch(2);
        CountDownLatch handIsBusy = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        Owner app = root(Duration.ofSeconds(20));
        app.start(ManagedWorker.named("late").stopMode(StopMode.FINISH).run(ctx -> {
            inBodies.countDown();
            awaitLatch(handIsBusy);
            ctx.onStop(ran::countDown);
        }));
        app.start(ManagedWorker.named("holder")
                .onStop(() -> {
                    handIsBusy.countDown();
                    awaitIgnoringInterrupts(testOver);
                })
                .run(ctx -> {
                    inBodies.countDown();
                    ctx.sleep(Duration.ofMinutes(1));
                }));
        awaitLatch(inBodies);
        assertThat(app.stop().isClean()).isTrue();
        testOver.countDown();
        awaitLatch(ran);
    }

    @Test
    void childAlwaysExpiresBeforeItsParent() throws Exception {
        CountDownLatch inBodies = new CountDownLatch(3);
        Owner app = root(Duration.ofSeconds(1));
        WorkerBody stuck = ignoringInterrupts(inBodies);
        ManagedWorker bottom = ManagedWorker.named("bottom").run(stuck);
        ManagedWorker middle = ManagedWorker.named("middle").run(ctx -> {
            ctx.start(bottom);
            stuck.run(ctx);
        });
        ManagedWorker top = ManagedWorker.named("top").run(ctx -> {
            ctx.start(middle);
            stuck.run(ctx);
        });
        app.start(top);
        awaitLatch(inBodies);
        StopReport report = app.stop();
        assertThat(report.leaked())
                .extracting(StopReport.Entry::path)
                .containsExactly("app/top", "app/top/middle", "app/top/middle/bottom");
        assertThat(report.took()).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void stopFromInsideAWorkerWaitsForTheOthersButNotForItself() throws Exception {
        CountDownLatch othersIn = new CountDownLatch(1);
        AtomicBoolean otherEnded = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        CompletableFuture<StopReport> fromInside = new CompletableFuture<>();
        Owner app = root(Duration.ofSeconds(20));
        app.start(ManagedWorker.named("other").run(ctx -> {
            othersIn.countDown();
            try {
                while (ctx.sleep(Duration.ofMinutes(1))) {
                    // Until told.
                }
            } finally {
                otherEnded.set(true);
            }
        }));
        awaitLatch(othersIn);
        ManagedWorker caller = ManagedWorker.named("caller").run(ctx -> {
            StopReport report = app.stop();
            interrupted.set(Thread.currentThread().isInterrupted());
            assertThat(otherEnded).isTrue();
            fromInside.complete(report);
        });
        app.start(caller);
        StopReport report = fromInside.get(15, TimeUnit.SECONDS);
        assertThat(report.with(Outcome.CALLER))
                .extracting(StopReport.Entry::path)
                .containsExactlyInAnyOrder("app", "app/caller");
        assertThat(interrupted).isFalse();
        await().untilAsserted(() -> assertThat(app.state()).isEqualTo(NodeState.STOPPED));
        assertThat(caller.state()).isEqualTo(NodeState.STOPPED);
    }

    @EachThreadKind
    void cancelFromInsideAWorkerReachesThatWorkerToo(ThreadKind kind) throws Exception {
        Owner app = root(Duration.ofSeconds(20));
        ManagedWorker worker =
                app.start(ManagedWorker.named("worker").threads(kind).run(ctx -> {
                    app.cancel();
                    new CountDownLatch(1).await();
                }));
        assertThat(worker.await(Duration.ofSeconds(10))).isTrue();
        assertThat(app.stop().isClean()).isTrue();
    }

    @Test
    void workerMayStopItselfWhileAStopOfItsOwnerThatItCalledIsOn() throws Exception {
        CompletableFuture<StopReport> itself = new CompletableFuture<>();
        AtomicReference<ManagedWorker> caller = new AtomicReference<>();
        Owner app = root(Duration.ofMinutes(10));
        caller.set(ManagedWorker.named("caller").run(ctx -> {
            app.stop();
            itself.complete(caller.get().stop());
        }));
        app.start(caller.get());
        assertThat(itself.get(20, TimeUnit.SECONDS).with(Outcome.CALLER))
                .extracting(StopReport.Entry::path)
                .containsExactly("app/caller");
        await().untilAsserted(() -> assertThat(app.state()).isEqualTo(NodeState.STOPPED));
    }

    @Test
    void twoWorkersThatStopTheirOwnerDoNotWaitForEachOther() throws Exception {
        CountDownLatch bothIn = new CountDownLatch(2);
        List<CompletableFuture<StopReport>> reports = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        Owner app = root(Duration.ofMinutes(10));
        for (int i = 0; i < 2; i++) {
            CompletableFuture<StopReport> report = reports.get(i);
            app.start(ManagedWorker.named("w" + i).run(ctx -> {
                bothIn.countDown();
                awaitIgnoringInterrupts(bothIn);
                report.complete(app.stop());
            }));
        }
        for (CompletableFuture<StopReport> report : reports) {
            assertThat(report.get(20, TimeUnit.SECONDS).leaked()).isEmpty();
        }
        await().untilAsserted(() -> assertThat(app.state()).isEqualTo(NodeState.STOPPED));
    }

    @Test
    void leakThatStillRunsIsInLaterReportsAndNobodySaysThatAllHasEnded() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        Owner app = root(Duration.ofMillis(300));
        ManagedWorker worker = app.start(ManagedWorker.named("stubborn").run(ignoringInterrupts(inBody)));
        awaitLatch(inBody);
        assertThat(worker.stop().leaked()).hasSize(1);
        assertThat(app.stop().leaked()).extracting(StopReport.Entry::path).containsExactly("app/stubborn");
        app.start();
        assertThat(app.stop().leaked()).extracting(StopReport.Entry::path).containsExactly("app/stubborn");
        assertThat(app.await(Duration.ZERO)).isFalse();
    }

    @Test
    void isBoundedThoughSomebodySynchronizesOnAnOwnerAWorkerOrAContext() throws Exception {
        Owner app = root(Duration.ofMillis(300));
        CountDownLatch inBody = new CountDownLatch(1);
        ManagedWorker stuck = app.start(ManagedWorker.named("stuck").run(ctx -> {
            synchronized (ctx) {
                inBody.countDown();
                awaitIgnoringInterrupts(testOver);
            }
        }));
        awaitLatch(inBody);
        CompletableFuture<StopReport> report = new CompletableFuture<>();
        Thread stopper = new Thread(() -> {
            synchronized (app) {
                synchronized (stuck) {
                    report.complete(app.stop());
                }
            }
        });
        stopper.setDaemon(true);
        stopper.start();
        assertThat(report.get(20, TimeUnit.SECONDS).leaked())
                .extracting(StopReport.Entry::path)
                .containsExactly("app/stuck");
        assertThat(app.state()).isEqualTo(NodeState.STOPPED);
    }

    @Test
    void concurrentStopsShareOneReport() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Owner app = root(Duration.ofSeconds(20));
        app.start(ManagedWorker.named("w").stopMode(StopMode.FINISH).run(ctx -> {
            inBody.countDown();
            mayEnd.await();
        }));
        awaitLatch(inBody);
        List<CompletableFuture<StopReport>> stops = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            CompletableFuture<StopReport> stop = new CompletableFuture<>();
            Thread thread = new Thread(() -> stop.complete(app.stop()), "stopper-" + i);
            thread.start();
            await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            stops.add(stop);
        }
        mayEnd.countDown();
        StopReport first = stops.get(0).get(10, TimeUnit.SECONDS);
        for (CompletableFuture<StopReport> stop : stops) {
            assertThat(stop.get(10, TimeUnit.SECONDS)).isSameAs(first);
        }
    }

    @Test
    void stopOfAnAncestorJoinsAndTheEarlierDeadlineWins() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        Owner app = root(Duration.ofMillis(500));
        ManagedWorker worker = app.start(
                ManagedWorker.named("w").stopTimeout(Duration.ofMinutes(10)).run(ignoringInterrupts(inBody)));
        awaitLatch(inBody);
        CompletableFuture<StopReport> patient = CompletableFuture.supplyAsync(worker::stop);
        await().until(() -> worker.state() == NodeState.STOPPING);
        StopReport report = app.stop();
        assertThat(report.leaked()).hasSize(1);
        assertThat(patient.get(10, TimeUnit.SECONDS).leaked()).hasSize(1);
    }

    @Test
    void interruptedStopperWaitsAllTheSameAndKeepsItsFlag() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Owner app = root(Duration.ofSeconds(20));
        app.start(ManagedWorker.named("w").run(ctx -> {
            inBody.countDown();
            try {
                while (ctx.sleep(Duration.ofMinutes(1))) {
                    // Until told.
                }
            } finally {
                ended.set(true);
            }
        }));
        awaitLatch(inBody);
        Thread.currentThread().interrupt();
        StopReport report = app.stop();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).isTrue();
        assertThat(report.isClean()).isTrue();
    }

    @Test
    void swallowedFirstInterruptIsFollowedByASecondWhenTheForceStageBegins() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        Owner app = root(Duration.ofSeconds(6)); // a second of which is left for a busy machine
        app.start(ManagedWorker.named("w").run(ctx -> {
            inBody.countDown();
            while (interrupts.get() < 2) {
                try {
                    testOver.await();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
        }));
        awaitLatch(inBody);
        assertThat(app.stop().isClean()).isTrue();
        assertThat(interrupts).hasValue(2);
    }

    @Test
    void contextStaysCancelledAfterItsRunAndRefusesToStartAnything() {
        AtomicReference<WorkerContext> kept = new AtomicReference<>();
        try (Owner app = Owner.root("app")) {
            ManagedWorker worker = app.start(ManagedWorker.named("w").run(kept::set));
            await().until(() -> worker.state() == NodeState.STOPPED);
            assertThat(kept.get().isCancelled()).isTrue();
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> kept.get().start(ManagedWorker.named("late").run(ctx -> {})))
                    .withMessageContaining("late");
        }
    }

    @Test
    void failureOfABodyStopsItsChildrenAndIsInTheReport() throws Exception {
        CountDownLatch childIn = new CountDownLatch(1);
        try (Owner app = Owner.root("app")) {
            ManagedWorker worker = app.start(ManagedWorker.named("w")
                    .restart(RestartPolicy.never())
                    .run(ctx -> {
                        ctx.start(ManagedWorker.named("child").run(child -> {
                            childIn.countDown();
                            testOver.await();
                        }));
                        childIn.await();
                        throw new IllegalArgumentException("thrown on purpose");
                    }));
            await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.FAILED));
            assertThat(worker.snapshot().failure()).hasMessage("thrown on purpose");
            assertThat(worker.snapshot().children()).isEmpty();
        }
    }

    @Test
    void hookThatIsTakenBackTwiceGoesOnce() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        try (Owner app = Owner.root("app")) {
            ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> {
                StopHook hook = () -> seen.add("hook");
                Registration first = ctx.onStop(hook);
                ctx.onStop(hook);
                first.close();
                first.close();
                inBody.countDown();
                ctx.sleep(Duration.ofMinutes(1));
            }));
            inBody.await();
            worker.stop();
            assertThat(seen).containsExactly("hook");
        }
    }

    @Test
    void stopAfterARestartHasAReportOfItsOwnThoughNobodyHasLeftTheOneBefore() throws Exception {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Owner app = Owner.root("app")) {
            ManagedWorker worker = app.attach(ManagedWorker.named("w").run(ctx -> {
                inBody.countDown();
                try {
                    ctx.sleep(Duration.ofMinutes(1));
                } finally {
                    awaitIgnoringInterrupts(release);
                }
            }));
            worker.start();
            awaitLatch(inBody);
            CompletableFuture<StopReport> earlier = CompletableFuture.supplyAsync(worker::stop);
            await().until(() -> worker.state() == NodeState.STOPPING);
            StopReport later;
            TreeLock lock = worker.tree().lock;
            lock.lock(); // without it nobody leaves
            try {
                release.countDown();
                await().until(() -> worker.state() == NodeState.STOPPED);
                worker.start();
                later = worker.stop();
            } finally {
                lock.unlock();
            }
            assertThat(later).isNotSameAs(earlier.get(1, TimeUnit.MINUTES));
            assertThat(later.entries()).hasSize(1);
            assertThat(worker.stop()).isSameAs(later); // what is left of the last one
        }
    }
}
