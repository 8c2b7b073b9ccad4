package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ContextCapture;
import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

@ExtendWith(OutputCaptureExtension.class)
class TreeLifecycleTest {

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @Test
    void thePhasesLieBetweenExecutorsAndTheWebServer() {
        runner().run(context -> {
            assertThat(context.getBean("leakproofStarter", SmartLifecycle.class).getPhase())
                    .isEqualTo(Integer.MAX_VALUE / 2 + 1024);
            assertThat(context.getBean("leakproofDrainer", SmartLifecycle.class).getPhase())
                    .isEqualTo(Integer.MAX_VALUE - 1280);
        });
    }

    @Test
    void thePhasesAreProperties() {
        runner().withPropertyValues("leakproof.startup.phase=7", "leakproof.shutdown.phase=8")
                .run(context -> {
                    assertThat(context.getBean("leakproofStarter", SmartLifecycle.class)
                                    .getPhase())
                            .isEqualTo(7);
                    assertThat(context.getBean("leakproofDrainer", SmartLifecycle.class)
                                    .getPhase())
                            .isEqualTo(8);
                });
    }

    @Test
    void theRootIsNamedAndBoundedByProperties() {
        runner().withPropertyValues("leakproof.name=orders", "leakproof.shutdown.timeout=3s")
                .run(context -> {
                    assertThat(root(context).path()).isEqualTo("orders");
                    assertThat(root(context).stopTimeout()).isEqualTo(Duration.ofSeconds(3));
                });
        runner().run(context -> {
            assertThat(root(context).path()).isEqualTo("app");
            assertThat(root(context).stopTimeout()).isEqualTo(Duration.ofSeconds(12));
        });
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void threadsAreVirtualWhereSpringsAre() {
        runner().withPropertyValues("spring.threads.virtual.enabled=true")
                .withBean("loop", ManagedWorker.class, this::recordThreadGroup)
                .run(context -> await().untilAsserted(() -> assertThat(events).containsExactly("VirtualThreads")));
    }

    @Test
    void threadsArePlatformThreadsUnlessSpringsAreVirtual() {
        runner().withBean("loop", ManagedWorker.class, this::recordThreadGroup)
                .run(context -> await().untilAsserted(
                                () -> assertThat(events).hasSize(1).doesNotContain("VirtualThreads")));
    }

    private ManagedWorker recordThreadGroup() {
        return ManagedWorker.named("loop").run(ctx -> {
            events.add(Thread.currentThread().getThreadGroup().getName());
            ctx.sleep(Duration.ofHours(1));
        });
    }

    @Test
    void workersDrainBeforeWhatTheyUseIsDestroyed() {
        runner().withBean("dataSource", DisposableBean.class, () -> () -> events.add("data source closed"))
                .withBean("loop", ManagedWorker.class, this::finishesTheUnitInHand)
                .run(context -> entered.await());
        assertThat(events).containsExactly("worker ended", "data source closed");
    }

    @Test
    void aDrainIsWaitedForThoughSpringsPhaseTimeoutIsShorter() {
        runner().withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10ms")
                .withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
                .withBean("dataSource", DisposableBean.class, () -> () -> events.add("data source closed"))
                .withBean("loop", ManagedWorker.class, this::finishesTheUnitInHand)
                .run(context -> entered.await());
        assertThat(events).containsExactly("worker ended", "data source closed");
    }

    private final CountDownLatch entered = new CountDownLatch(1);

    private ManagedWorker finishesTheUnitInHand() {
        return ManagedWorker.named("loop").stopMode(StopMode.FINISH).run(ctx -> {
            entered.countDown();
            while (ctx.sleep(Duration.ofHours(1))) {}
            new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
            events.add("worker ended");
        });
    }

    @Test
    void aStopSaysHowItWentOnce(CapturedOutput output) {
        runner().withPropertyValues("leakproof.shutdown.timeout=3s")
                .withBean("stuck", ManagedWorker.class, this::stuck)
                .withBean("fine", Heartbeat.class, () -> heartbeat("fine"))
                .run(context -> entered.await());
        assertThat(output.toString().lines().filter(line -> line.contains(" leaked in ")))
                .singleElement()
                .asString()
                .containsPattern("app: 2 stopped, 1 leaked in .* of 3s");
        assertThat(output.toString().lines().filter(line -> line.contains("LEAKED worker 'app/stuck'")))
                .singleElement()
                .asString()
                .contains("owned by app", "age ", "created at ", "stuck at");
        release.countDown();
    }

    private final CountDownLatch release = new CountDownLatch(1);

    private ManagedWorker stuck() {
        return ManagedWorker.named("stuck").run(ctx -> {
            entered.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException swallowed) {
                    // on purpose
                }
            }
        });
    }

    @Test
    void theTreeMayBeStoppedAndStartedAnyNumberOfTimes() {
        Random random = new Random(42);
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .withBean("host", ManagedBeansTest.Host.class)
                .run(runnerContext -> {
                    var context = runnerContext.getSourceApplicationContext();
                    for (int i = 0; i < 40; i++) {
                        switch (random.nextInt(4)) {
                            case 0 -> context.stop();
                            case 1 -> context.start();
                            case 2 -> context.pause();
                            default -> context.restart();
                        }
                    }
                    context.start();
                    assertThat(node(context, "app/ping").state()).isEqualTo(NodeState.RUNNING);
                    assertThat(node(context, "app/host/work").state().isLive()).isTrue();
                    context.stop();
                    assertThat(root(context).snapshot().all())
                            .allSatisfy(node -> assertThat(node.starts()).isEqualTo(node.stops()))
                            .extracting(NodeSnapshot::state)
                            .containsOnly(NodeState.STOPPED);
                });
    }

    @Test
    void aStartupThatFailsLaterStopsWhatHasStarted() {
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .withBean("failing", SmartLifecycle.class, () -> new FailsToStart(Integer.MAX_VALUE / 2 + 2048))
                .run(context -> assertThat(context).hasFailed());
        assertThat(FailsToStart.seen.starts()).isEqualTo(1);
        assertNoThreadOfOurs();
    }

    @Test
    void aStartupThatFailsInAWorkerStopsTheOthers() {
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .withBean(
                        "slow",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("slow")
                                .awaitReady(Duration.ofMillis(50))
                                .run(ctx -> ctx.sleep(Duration.ofHours(1))))
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("worker 'app/slow' was not ready within 50ms"));
        assertNoThreadOfOurs();
    }

    @Test
    void aStartupThatFailsBeforeTheLifecycleStartsNothing() {
        AtomicInteger beats = new AtomicInteger();
        runner().withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> beats.incrementAndGet()))
                .withBean("failing", Object.class, () -> {
                    throw new IllegalStateException("on purpose");
                })
                .run(context -> assertThat(context).hasFailed());
        assertThat(beats).hasValue(0);
        assertNoThreadOfOurs();
    }

    /** Fails in a phase in which the workers run already, and the drainer does not. */
    private static final class FailsToStart
            implements SmartLifecycle, org.springframework.context.ApplicationContextAware {
        private static NodeSnapshot seen;
        private final int phase;
        private ApplicationContext context;

        private FailsToStart(int phase) {
            this.phase = phase;
        }

        @Override
        public void setApplicationContext(ApplicationContext context) {
            this.context = context;
        }

        @Override
        public void start() {
            seen = node(context, "app/ping");
            throw new IllegalStateException("on purpose");
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public int getPhase() {
            return phase;
        }
    }

    @Test
    void theCallbackIsCalledOnceThoughTheStopThrows() {
        AtomicInteger calls = new AtomicInteger();
        TreeLifecycle drainer = new TreeLifecycle(0, () -> {}, () -> {
            throw new IllegalStateException("on purpose");
        });
        drainer.start();
        drainer.stop(calls::incrementAndGet);
        assertThat(calls).hasValue(1);
        assertThat(drainer.isRunning()).isFalse();
    }

    /** Spring asks some listeners only once it has made them. */
    @Test
    void whatTheRootNeedsMayPublishAnEventWhileItIsMade() {
        runner().withBean(ContextCapture.class, () -> ContextCapture.NONE)
                .withInitializer(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                    @Override
                    public Object postProcessAfterInitialization(Object bean, String name) {
                        if (bean instanceof ContextCapture) {
                            context.publishEvent("made");
                        }
                        return bean;
                    }
                }))
                .run(context -> assertThat(root(context).state()).isEqualTo(NodeState.RUNNING));
    }

    @Test
    void aChildContextThatClosesLeavesTheParentsWorkersAlone(CapturedOutput output) {
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .run(parent -> runner().withParent(parent)
                        .withBean("pong", Heartbeat.class, () -> heartbeat("pong"))
                        .run(child -> {
                            assertThat(TestContexts.paths(child)).containsExactly("app", "app/pong");
                            Owner childRoot = root(child);
                            child.close();
                            assertThat(childRoot.state()).isEqualTo(NodeState.STOPPED);
                            assertThat(node(parent, "app/ping").state()).isEqualTo(NodeState.RUNNING);
                            parent.close();
                        }));
        assertThat(output.toString().lines().filter(line -> line.contains("after the context began to close")))
                .hasSize(2);
    }

    @Test
    void aWorkerMayCloseTheContext() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ConfigurableApplicationContext[] contexts = new ConfigurableApplicationContext[1];
        runner().withBean(
                        "closer",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("closer").run(ctx -> {
                            go.await();
                            contexts[0].close();
                            closed.countDown();
                        }))
                .withBean("after", DisposableBean.class, () -> () -> events.add("closed"))
                .run(context -> {
                    contexts[0] = context.getSourceApplicationContext();
                    go.countDown();
                    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
                });
        assertThat(events).containsExactly("closed");
    }

    /** In a while, for those of the test before may still be on their last lines. */
    private static void assertNoThreadOfOurs() {
        await().untilAsserted(() ->
                assertThat(threads()).noneMatch(name -> name.contains("leakproof") || name.startsWith("app/")));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    private static Heartbeat heartbeat(String name) {
        return Heartbeat.named(name).every(Duration.ofHours(1)).beat(ctx -> {});
    }
}
