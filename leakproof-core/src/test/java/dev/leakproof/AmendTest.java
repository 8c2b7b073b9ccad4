package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is changed of a worker before it has an owner, and what an owner says for the workers that say nothing. */
class AmendTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Until told.
        }
    };

    private final ManualTime time = new ManualTime();
    private final Owner app = Owner.named("app")
            .timeSource(time)
            .stopTimeout(Duration.ofSeconds(12))
            .workerStopTimeout(Duration.ofSeconds(4))
            .restart(RestartPolicy.never())
            .build();

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void whatIsSetReplacesAndTheRestStays() {
        Heartbeat ping = Heartbeat.named("ping")
                .every(Duration.ofSeconds(5))
                .jitter(Duration.ofSeconds(1))
                .stopTimeout(Duration.ofSeconds(2))
                .failureThreshold(7)
                .beat(ctx -> {});
        String createdAt = ping.worker().snapshot().createdAt();
        ping.worker().amend(worker -> worker.fixedDelay(Duration.ofMinutes(1)).ownedBy("peers"));
        NodeSnapshot amended = ping.worker().snapshot();
        assertThat(amended.schedule()).isEqualTo("60s after the last run");
        assertThat(amended.kind()).isEqualTo(NodeKind.HEARTBEAT);
        assertThat(amended.createdAt()).isEqualTo(createdAt);
        assertThat(amended.stopTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(amended.details()).containsEntry("failureThreshold", 7);
        assertThat(ping.worker().ownedBy()).isEqualTo("peers");
    }

    @Test
    void theNumberOfInstancesMayChange() {
        CountDownLatch entered = new CountDownLatch(3);
        ManagedWorker loop = ManagedWorker.named("loop").concurrency(2).run(ctx -> {
            entered.countDown();
            UNTIL_TOLD.run(ctx);
        });
        loop.amend(worker -> worker.concurrency(3));
        app.start();
        app.start(loop);
        await().until(() -> entered.getCount() == 0);
        assertThat(loop.snapshot().children())
                .extracting(NodeSnapshot::path)
                .containsExactly("app/loop/1", "app/loop/2", "app/loop/3");
    }

    @Test
    void aPoolMayHaveMoreWorkers() throws Exception {
        ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
        WorkerPool<String> pool = WorkerPool.<String>named("pool").process((ctx, item) -> done.add(item));
        pool.worker().amend(worker -> worker.concurrency(2));
        app.start();
        app.start(pool);
        pool.submit("a");
        await().until(() -> List.copyOf(done).equals(List.of("a")));
        assertThat(pool.stats().workers()).isEqualTo(2);
        assertThat(pool.worker().snapshot().children()).hasSize(2);
    }

    @Test
    void whatDoesNotFitChangesNothing() {
        ManagedWorker loop = ManagedWorker.named("loop").concurrency(2).run(UNTIL_TOLD);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.amend(worker -> worker.ownedBy("x").every(Duration.ofSeconds(1))))
                .withMessageContaining("is periodic and has concurrency 2");
        assertThat(loop.snapshot().schedule()).isEqualTo("2 at once");
        assertThat(loop.snapshot().children()).hasSize(2);
        assertThat(loop.ownedBy()).isNull();
    }

    @Test
    void twoNewSchedulesAreOneTooMany() {
        ManagedWorker worker =
                ManagedWorker.named("w").every(Duration.ofSeconds(1)).run(ctx -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> worker.amend(
                        changes -> changes.every(Duration.ofSeconds(2)).fixedDelay(Duration.ofSeconds(3))))
                .withMessageContaining("has a schedule already");
    }

    @Test
    void whatHasAnOwnerIsLeftAlone() {
        ManagedWorker owned = app.attach(ManagedWorker.named("w").run(UNTIL_TOLD));
        assertThatIllegalStateException()
                .isThrownBy(() -> owned.amend(worker -> worker.stopTimeout(Duration.ofSeconds(1))))
                .withMessage("Cannot change worker 'app/w', which has an owner already: change it before");
    }

    @Test
    void anOwnerSpeaksForTheWorkersThatSayNothing() {
        Owner orders = app.attach(
                Owner.named("orders").stopTimeout(Duration.ofSeconds(8)).build());
        Owner mail = app.attach(Owner.named("mail").build());
        app.attach(ManagedWorker.named("own").stopTimeout(Duration.ofSeconds(3)).run(UNTIL_TOLD));
        orders.attach(ManagedWorker.named("near").run(UNTIL_TOLD));
        mail.attach(ManagedWorker.named("far").concurrency(2).run(UNTIL_TOLD));
        assertThat(stopTimeout("app/own")).isEqualTo(Duration.ofSeconds(3));
        assertThat(stopTimeout("app/orders/near")).isEqualTo(Duration.ofSeconds(8));
        assertThat(stopTimeout("app/mail/far/2")).isEqualTo(Duration.ofSeconds(4));
        assertThat(stopTimeout("app/mail")).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void anOwnerSaysWhenItsWorkersAreStartedAgain() {
        ManagedWorker silent = failing("silent");
        ManagedWorker stubborn = failing("stubborn");
        stubborn.amend(worker -> worker.restart(RestartPolicy.always()));
        assertThat(silent.restartPolicy()).isNull();
        assertThat(stubborn.restartPolicy()).isEqualTo(RestartPolicy.always());
        app.start();
        app.start(silent);
        app.start(stubborn);
        await().untilAsserted(() -> assertThat(silent.state()).isEqualTo(NodeState.FAILED));
        await().untilAsserted(() -> assertThat(stubborn.state()).isEqualTo(NodeState.BACKING_OFF));
    }

    private static ManagedWorker failing(String name) {
        return ManagedWorker.named(name).run(ctx -> {
            throw new IllegalStateException("on purpose");
        });
    }

    private Duration stopTimeout(String path) {
        return app.find(path).orElseThrow().stopTimeout();
    }
}
