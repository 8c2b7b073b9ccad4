package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Nothing to do but wait.
        }
    };

    @Test
    void startsWhatItIsGivenAndStopsItWhenClosed() throws InterruptedException {
        CountDownLatch inBody = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        ManagedWorker worker = ManagedWorker.named("mail").run(ctx -> {
            inBody.countDown();
            try {
                UNTIL_TOLD.run(ctx);
            } finally {
                ended.countDown();
            }
        });
        try (Owner app = Owner.root("app")) {
            app.start(worker);
            assertThat(inBody.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(worker.path()).isEqualTo("app/mail");
            await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.RUNNING));
        }
        assertThat(ended.getCount()).isZero();
        assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
    }

    @Test
    void runsAnewAfterAStop() {
        AtomicInteger bodies = new AtomicInteger();
        Owner app = Owner.named("app").build();
        ManagedWorker worker = app.attach(ManagedWorker.named("w").run(ctx -> {
            bodies.incrementAndGet();
            UNTIL_TOLD.run(ctx);
        }));
        for (int round = 1; round <= 3; round++) {
            int expected = round;
            app.start();
            await().untilAsserted(() -> assertThat(bodies).hasValue(expected));
            assertThat(app.stop().isClean()).isTrue();
        }
        assertThat(worker.snapshot().starts()).isEqualTo(3);
        assertThat(worker.snapshot().stops()).isEqualTo(3);
        assertThat(app.snapshot().starts()).isEqualTo(app.snapshot().stops());
    }

    @Test
    void leavesNoThreadBehind() {
        Owner app = Owner.root("gone");
        app.start(ManagedWorker.named("a").run(UNTIL_TOLD));
        app.start(Heartbeat.named("b").every(Duration.ofMillis(5)).beat(ctx -> {}));
        app.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.contains("gone"))
                        .toList())
                .isEmpty());
    }

    @Test
    void stopBeforeStartReturnsAtOnce() {
        Owner app = Owner.named("app").build();
        ManagedWorker worker = app.attach(ManagedWorker.named("w").run(UNTIL_TOLD));
        assertThat(worker.stop().entries()).isEmpty();
        assertThat(app.stop().entries()).isEmpty();
        assertThat(app.state()).isEqualTo(NodeState.NEW);
    }

    @Test
    void secondStopReturnsTheReportOfTheFirst() {
        Owner app = Owner.root("app");
        app.start(ManagedWorker.named("w").run(UNTIL_TOLD));
        StopReport first = app.stop();
        assertThat(app.stop()).isSameAs(first);
        assertThat(first.entries()).extracting(StopReport.Entry::path).containsExactlyInAnyOrder("app", "app/w");
    }

    @Test
    void stopDuringAnInitialDelayReturnsAtOnce() {
        Owner app = Owner.root("app");
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .every(Duration.ofHours(1))
                .initialDelay(Duration.ofHours(1))
                .run(ctx -> {}));
        // Far less than the hour, far more than a busy machine needs.
        assertThat(app.stop().took()).isLessThan(Duration.ofSeconds(10));
        assertThat(worker.snapshot().runs().completed()).isZero();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", ".", "...", "a/b", "a b", "ä", "a\nb"})
    void refusesIllegalNames(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManagedWorker.named(name))
                .withMessageContaining("Use 1 to 64 letters, digits, dots, underscores or hyphens");
        assertThatIllegalArgumentException().isThrownBy(() -> Owner.named(name));
        assertThatIllegalArgumentException().isThrownBy(() -> Heartbeat.named(name));
    }

    @Test
    void refusesNamesThatAreTooLong() {
        assertThat(ManagedWorker.named("a".repeat(64))).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManagedWorker.named("a".repeat(65)))
                .withMessageContaining("65");
    }

    @Test
    void refusesSecondOwnerAndNamesBoth() {
        try (Owner app = Owner.root("app")) {
            Owner first = app.child("first");
            Owner second = app.child("second");
            ManagedWorker worker = first.start(ManagedWorker.named("w").run(UNTIL_TOLD));
            assertThatIllegalStateException()
                    .isThrownBy(() -> second.attach(worker))
                    .withMessageContaining("app/first")
                    .withMessageContaining("app/second");
            assertThatIllegalStateException().isThrownBy(() -> second.start(worker));
            assertThat(worker.path()).isEqualTo("app/first/w");
        }
    }

    @Test
    void refusesSiblingsOfOneName() {
        try (Owner app = Owner.root("app")) {
            app.attach(ManagedWorker.named("w").run(UNTIL_TOLD));
            ManagedWorker twin = ManagedWorker.named("w").run(UNTIL_TOLD);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> app.start(twin))
                    .withMessageContaining("'w'");
            assertThat(twin.state()).isEqualTo(NodeState.NEW);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> app.child("w"))
                    .withMessageContaining("worker");
        }
    }

    @Test
    void refusesCycles() {
        Owner a = Owner.named("a").build();
        Owner b = Owner.named("b").build();
        a.attach(b);
        assertThatIllegalArgumentException().isThrownBy(() -> b.attach(a)).withMessageContaining("itself");
        assertThatIllegalArgumentException().isThrownBy(() -> a.attach(a)).withMessageContaining("itself");
    }

    @Test
    void refusesToStartInAStoppedOwnerAndNamesBoth() {
        Owner app = Owner.root("app");
        app.stop();
        AtomicInteger bodies = new AtomicInteger();
        ManagedWorker late = ManagedWorker.named("late").run(ctx -> bodies.incrementAndGet());
        assertThatIllegalStateException()
                .isThrownBy(() -> app.start(late))
                .withMessageContaining("'late'")
                .withMessageContaining("owner 'app'")
                .withMessageContaining("STOPPED");
        assertThat(late.state()).isEqualTo(NodeState.NEW);
        assertThat(app.snapshot().children()).isEmpty();
        assertThat(bodies).hasValue(0);
    }

    @Test
    void refusesDurationsThatMakeNoSense() {
        List<Duration> senseless = List.of(Duration.ZERO, Duration.ofMillis(-1));
        for (Duration duration : senseless) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ManagedWorker.named("w").every(duration))
                    .withMessageContaining("'every' of 'w' must be longer than zero");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ManagedWorker.named("w").fixedDelay(duration));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ManagedWorker.named("w").stopTimeout(duration));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ManagedWorker.named("w").timeout(duration));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Owner.named("o").stopTimeout(duration));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManagedWorker.named("w").initialDelay(Duration.ofMillis(-1)));
    }

    @Test
    void refusesSettingsThatDoNotFit() {
        assertThatNullPointerException()
                .isThrownBy(() -> ManagedWorker.named("w").run(null))
                .withMessageContaining("'w'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ManagedWorker.named("w")
                        .every(Duration.ofSeconds(1))
                        .concurrency(2)
                        .run(UNTIL_TOLD))
                .withMessageContaining("concurrency 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        ManagedWorker.named("w").every(Duration.ofSeconds(1)).fixedDelay(Duration.ofSeconds(1)))
                .withMessageContaining("one of every, fixedDelay and trigger");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Heartbeat.named("w").beat(UNTIL_TOLD))
                .withMessageContaining("every");
        assertThatIllegalStateException()
                .isThrownBy(() -> ManagedWorker.named("w").run(UNTIL_TOLD).start())
                .withMessageContaining("Owner.start");
    }
}
