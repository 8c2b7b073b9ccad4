package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;

@ExtendWith(OutputCaptureExtension.class)
class ShutdownBudgetTest {

    private static final int WEB_DRAIN_PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void nothingIsCheckedWhereNoGracePeriodApplies(CapturedOutput output) {
        web().run(context -> {
            assertThat(budget(context).grace().applies()).isFalse();
            assertThat(budget(context).total()).isEqualTo(Duration.ofSeconds(45));
        });
        assertThat(output).doesNotContain("grace period");
    }

    @Test
    void onKubernetesTheDefaultsDoNotFitTheDefaultGracePeriod(CapturedOutput output) {
        web().withPropertyValues("spring.main.cloud-platform=kubernetes")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains(
                        "A shutdown can take longer than the pod gets: web drain 30s + workers 12s + margin 3s = 45s of"
                                + " 30s (Kubernetes' default: leakproof.shutdown.grace-period is not set)")
                .contains("Set terminationGracePeriodSeconds: 45 in the pod's manifest and"
                        + " leakproof.shutdown.grace-period=45s, or"
                        + " spring.lifecycle.timeout-per-shutdown-phase=15s.");
    }

    @Test
    void theRecommendedBudgetFits(CapturedOutput output) {
        fitting(web()).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(budget(context).fits()).isTrue();
        });
        assertThat(output)
                .contains(
                        "A shutdown fits into the pod's grace period: preStop 5s + web drain 10s + workers 12s + margin 3s"
                                + " = 30s of 30s");
    }

    @Test
    void anOverrunFailsStartupWhereItIsTo() {
        fitting(web())
                .withPropertyValues("leakproof.shutdown.timeout=12500ms", "leakproof.shutdown.on-overrun=fail")
                .withBean(
                        "loop",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("loop").run(ctx -> entered.countDown()))
                .run(context -> {
                    Throwable failure = context.getStartupFailure();
                    assertThat(failure).rootCause().isInstanceOf(ShutdownOverrunException.class);
                    FailureAnalysis analysis = new ShutdownOverrunFailureAnalyzer().analyze(failure);
                    assertThat(analysis.getDescription())
                            .isEqualTo(
                                    "A shutdown can take longer than the pod gets: preStop 5s + web drain 10s + workers"
                                            + " 12s500ms + margin 3s = 30s500ms of 30s.");
                    assertThat(analysis.getAction())
                            .isEqualTo("Set terminationGracePeriodSeconds: 31 in the pod's manifest and"
                                    + " leakproof.shutdown.grace-period=31s, or"
                                    + " spring.lifecycle.timeout-per-shutdown-phase=9s500ms, or"
                                    + " leakproof.shutdown.timeout=12s. With leakproof.shutdown.on-overrun=warn the"
                                    + " application starts nevertheless.");
                });
        assertThat(entered.getCount()).as("no worker ran").isEqualTo(1);
    }

    @Test
    void anOverrunMayBeIgnored(CapturedOutput output) {
        web().withPropertyValues("spring.main.cloud-platform=kubernetes", "leakproof.shutdown.on-overrun=ignore")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("grace period").doesNotContain("longer than the pod gets");
    }

    @Test
    void aServerThatDoesNotWaitTakesNothing() {
        web().withPropertyValues("server.shutdown=immediate")
                .run(context -> assertThat(budget(context).webDrain()).isZero());
        runner().run(context -> assertThat(budget(context).webDrain()).isZero());
    }

    @Test
    void whatCameBeforeIsTakenFromTheTimeOfTheWorkers(CapturedOutput output) throws Exception {
        // 60 s of grace, of which 59.5 s belong to others: the workers get half a second instead of 12, less what the
        // listener of the closing context takes.
        runner().withPropertyValues(
                        "leakproof.shutdown.grace-period=60s",
                        "leakproof.shutdown.pre-stop=50s",
                        "leakproof.shutdown.margin=9500ms")
                .withBean("stuck", ManagedWorker.class, this::stuck)
                .run(context -> entered.await());
        release.countDown();
        assertThat(output.toString())
                .containsPattern(
                        "app: stopping within \\d+ms instead of 12s, as no more is left of the pod's grace period")
                .containsPattern("app: 1 stopped, 1 leaked in .* of \\d+ms");
    }

    @Test
    void whereNothingIsLeftTheyAreInterruptedAtOnce(CapturedOutput output) {
        runner().withPropertyValues("leakproof.shutdown.grace-period=5s", "leakproof.shutdown.pre-stop=4s")
                .withBean(
                        "polite",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("polite")
                                .stopMode(dev.leakproof.StopMode.FINISH)
                                .run(ctx -> {
                                    entered.countDown();
                                    new CountDownLatch(1).await(); // ends by an interrupt only
                                }))
                .run(context -> entered.await());
        assertThat(output.toString()).contains("app: stopping within 1ms instead of 12s");
    }

    @Test
    void aPauseHasAllItsTimeThoughTheGracePeriodIsShort(CapturedOutput output) {
        runner().withPropertyValues("leakproof.shutdown.grace-period=5s", "leakproof.shutdown.pre-stop=4s")
                .run(context -> context.getSourceApplicationContext().stop());
        assertThat(output.toString()).contains("app: 1 stopped, 0 leaked in ").contains(" of 12s");
    }

    @Test
    void lengthsThatCannotBeAreRefused() {
        for (String[] wrong : new String[][] {
            {"grace-period=0s", "grace-period must be longer than zero"},
            {"pre-stop=-1s", "pre-stop must not be negative"},
            {"margin=-1s", "margin must not be negative"},
            {"on-overrun=explode", "on-overrun"},
        }) {
            runner().withPropertyValues("leakproof.shutdown." + wrong[0])
                    .run(context -> assertThat(context)
                            .getFailure()
                            .rootCause()
                            .hasMessageContaining(wrong[0].startsWith("on-overrun") ? "explode" : wrong[1]));
        }
    }

    private ManagedWorker stuck() {
        return ManagedWorker.named("stuck").run(ctx -> {
            entered.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException swallowed) {
                    // on purpose
                }
            }
        });
    }

    private static ApplicationContextRunner fitting(ApplicationContextRunner runner) {
        return runner.withPropertyValues(
                "leakproof.shutdown.grace-period=30s",
                "leakproof.shutdown.pre-stop=5s",
                "spring.lifecycle.timeout-per-shutdown-phase=10s");
    }

    /** With something that drains where a web server does. */
    private static ApplicationContextRunner web() {
        return runner().withBean("server", SmartLifecycle.class, () -> new Phased(WEB_DRAIN_PHASE));
    }

    private static ShutdownBudget budget(org.springframework.context.ApplicationContext context) {
        return context.getBean(ManagedTree.class).budget();
    }

    private record Phased(int phase) implements SmartLifecycle {
        @Override
        public void start() {}

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }
}
