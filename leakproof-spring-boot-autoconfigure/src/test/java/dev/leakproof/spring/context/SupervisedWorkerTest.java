package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Escalation;
import dev.leakproof.Heartbeat;
import dev.leakproof.NodeState;
import dev.leakproof.NotReadyException;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

/** Restarts, escalation, readiness and stalls, by annotation and by properties. */
class SupervisedWorkerTest {

    @Test
    void theAnnotationSaysWhenAMethodIsCalledAgain() {
        runner().withBean(Restarting.class)
                .withPropertyValues("the.escalation=none")
                .run(context -> {
                    assertThat(restartOf(context, "restarting.work"))
                            .isEqualTo(RestartPolicy.always()
                                    .backoff(Duration.ofSeconds(2), Duration.ofMinutes(1))
                                    .intensity(3, Duration.ofMinutes(10))
                                    .escalation(Escalation.NONE));
                    assertThat(restartOf(context, "restarting.partly"))
                            .isEqualTo(
                                    RestartPolicy.onFailure().backoff(Duration.ofSeconds(45), Duration.ofSeconds(45)));
                    assertThat(restartOf(context, "restarting.silent")).isNull();
                });
    }

    static class Restarting {
        @ManagedWorker(
                restart = RestartPolicy.Mode.ALWAYS,
                backoff = "2s",
                maxBackoff = "1m",
                maxRestarts = "3",
                restartWindow = "10m",
                escalation = Escalation.STOP_OWNER,
                escalationString = "${the.escalation}")
        void work(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofDays(1));
        }

        /** Its backoff is longer than the longest by default, which therefore follows. */
        @ManagedWorker(backoff = "45s")
        void partly(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofDays(1));
        }

        @ManagedWorker
        void silent(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofDays(1));
        }
    }

    @Test
    void theFirstFailureEscalatesWhereNoRestartIsAllowed() {
        runner().withBean(Escalating.class).run(context -> {
            await().untilAsserted(() ->
                    assertThat(node(context, "app/escalating/other").state()).isEqualTo(NodeState.STOPPED));
            assertThat(node(context, "app/escalating/work").failure()).hasMessage("on purpose");
            assertThat(context.getBean(Escalating.class).calls.get()).isEqualTo(1);
        });
    }

    static class Escalating {
        final AtomicInteger calls = new AtomicInteger();
        final CountDownLatch otherRuns = new CountDownLatch(1);

        @ManagedWorker(maxRestarts = "0", escalation = Escalation.STOP_OWNER)
        void work() throws InterruptedException {
            calls.incrementAndGet();
            otherRuns.await();
            throw new IllegalStateException("on purpose");
        }

        @ManagedWorker
        void other(WorkerContext ctx) throws InterruptedException {
            otherRuns.countDown();
            ctx.sleep(Duration.ofDays(1));
        }
    }

    @Test
    void startupWaitsForAWorkerToBeReady() {
        runner().withBean(Ready.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(Ready.class).ready.getCount()).isZero();
        });
    }

    static class Ready {
        final CountDownLatch ready = new CountDownLatch(1);

        @ManagedWorker(awaitReady = "30s")
        void work(WorkerContext ctx) throws InterruptedException {
            ready.countDown();
            ctx.ready();
            ctx.sleep(Duration.ofDays(1));
        }
    }

    @Test
    void startupFailsIfItDoesNotGetReady() {
        runner().withBean(NotReady.class)
                .withPropertyValues("leakproof.workers.notReady.work.await-ready=50ms")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(NotReadyException.class)
                        .hasMessageContaining("app/notReady/work"));
    }

    static class NotReady {
        @ManagedWorker(awaitReady = "1h")
        void work(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofDays(1));
        }
    }

    @Test
    void aSilentWorkerIsShownAsStalled() {
        runner().withBean(Stalling.class)
                .run(context -> await().untilAsserted(() -> assertThat(
                                node(context, "app/stalling/work").progress())
                        .satisfies(progress -> assertThat(progress.stalled()).isTrue())));
    }

    static class Stalling {
        @ManagedWorker(stallAfter = "20ms")
        void work() throws InterruptedException {
            new CountDownLatch(1).await();
        }
    }

    @Test
    void whatWorkersDoNotSayTheDefaultsDo() {
        runner().withBean(Restarting.class)
                .withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .withBean(
                        "near",
                        Owner.class,
                        () -> Owner.named("near")
                                .stopMode(StopMode.FINISH)
                                .stopTimeout(Duration.ofSeconds(9))
                                .build())
                .withBean(
                        "below",
                        dev.leakproof.ManagedWorker.class,
                        () -> dev.leakproof.ManagedWorker.named("below")
                                .ownedBy("near")
                                .run(ctx -> ctx.sleep(Duration.ofDays(1))))
                .withPropertyValues(
                        "the.escalation=none",
                        "leakproof.defaults.stop-mode=drain",
                        "leakproof.defaults.stop-timeout=4s",
                        "leakproof.defaults.threads=platform",
                        "leakproof.defaults.restart=always",
                        "leakproof.defaults.max-restarts=7")
                .run(context -> {
                    assertThat(node(context, "app").stopTimeout()).isEqualTo(Duration.ofSeconds(12));
                    assertThat(node(context, "app/ping").stopTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(node(context, "app/ping").stopMode()).isEqualTo(StopMode.DRAIN);
                    assertThat(node(context, "app/near/below").stopTimeout()).isEqualTo(Duration.ofSeconds(9));
                    assertThat(node(context, "app/near/below").stopMode()).isEqualTo(StopMode.FINISH);
                    assertThat(restartOf(context, "restarting.partly"))
                            .isEqualTo(RestartPolicy.always()
                                    .backoff(Duration.ofSeconds(45), Duration.ofSeconds(45))
                                    .intensity(7, Duration.ofMinutes(1)));
                });
    }

    @Test
    void theDefaultsAlsoDecideOverRestarts() {
        AtomicInteger calls = new AtomicInteger();
        runner().withPropertyValues("leakproof.defaults.restart=never").run(context -> {
            dev.leakproof.ManagedWorker worker = root(context)
                    .start(dev.leakproof.ManagedWorker.named("w").run(ctx -> {
                        calls.incrementAndGet();
                        throw new IllegalStateException("on purpose");
                    }));
            await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.FAILED));
            assertThat(calls.get()).isEqualTo(1);
        });
    }

    private static RestartPolicy restartOf(ApplicationContext context, String id) {
        return context.getBean(id, dev.leakproof.ManagedWorker.class).restartPolicy();
    }
}
