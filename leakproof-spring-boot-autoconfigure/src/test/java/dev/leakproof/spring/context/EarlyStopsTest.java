package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import dev.leakproof.spring.annotation.StopPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class EarlyStopsTest {

    @Test
    void whatProducesStopsBeforeTheWebDrainAndTheRestAfterIt() {
        List<List<String>> live = new ArrayList<>();
        runner().withUserConfiguration(Producers.class)
                .withBean("server", SmartLifecycle.class, () -> new Observer(live))
                .run(context -> {
                    context.getBean(Observer.class).context = context;
                    assertThat(context.getBeansOfType(TreeLifecycle.class))
                            .as("one for all that stop early, beside the starter and the drainer")
                            .hasSize(3);
                });
        assertThat(live)
                .containsExactly(List.of("app", "app/consumer", "app/mixed", "app/mixed/ordinary", "app/poller"));
    }

    @Test
    void theyStartAgainWithTheOthers() {
        runner().withUserConfiguration(Producers.class).run(context -> {
            for (int i = 0; i < 3; i++) {
                context.getSourceApplicationContext().stop();
                context.getSourceApplicationContext().start();
            }
            assertThat(node(context, "app/producers/feed").state()).isEqualTo(NodeState.RUNNING);
            assertThat(node(context, "app/producers/feed").starts()).isEqualTo(4);
        });
    }

    @Test
    void theirTimeIsInTheBudget() {
        runner().withUserConfiguration(Producers.class)
                .run(context -> assertThat(
                                context.getBean(ManagedTree.class).budget().early())
                        .isEqualTo(Duration.ofSeconds(12)));
    }

    @Test
    void aBeanThatGoesTakesItsEarlyStopAlong() {
        runner().withBean("poller", Poller.class).run(context -> {
            ((DefaultListableBeanFactory) context.getSourceApplicationContext().getBeanFactory())
                    .destroySingleton("poller");
            assertThat(context.getBean(ManagedBeans.class).earlyStops().longest())
                    .isZero();
        });
    }

    @Test
    void aPhaseThatIsNotEarlyIsRefused() {
        runner().withPropertyValues("leakproof.shutdown.phase=" + StopPhase.BEFORE_WEB_DRAIN)
                .withBean("poller", Poller.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidWorkerException.class)
                        .hasMessageContaining("is to stop in phase 2147482879, but the whole tree stops before"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Producers {

        @Bean
        @StopPhase
        Owner producers() {
            return Owner.named("producers").build();
        }

        @Bean
        Heartbeat feed() {
            return Heartbeat.named("feed")
                    .ownedBy("producers")
                    .every(Duration.ofHours(1))
                    .beat(ctx -> {});
        }

        @Bean
        Heartbeat consumer() {
            return Heartbeat.named("consumer").every(Duration.ofHours(1)).beat(ctx -> {});
        }

        @Bean
        Poller poller() {
            return new Poller();
        }

        @Bean
        Mixed mixed() {
            return new Mixed();
        }
    }

    @StopPhase
    static class Poller {
        @ManagedWorker
        void poll(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    static class Mixed {
        @StopPhase
        @ManagedWorker
        void early(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }

        @ManagedWorker
        void ordinary(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    /** Stands where the web server drains, and looks who still runs. */
    private static final class Observer implements SmartLifecycle {

        private final List<List<String>> live;
        private ApplicationContext context;

        private Observer(List<List<String>> live) {
            this.live = live;
        }

        @Override
        public void start() {}

        @Override
        public void stop() {
            live.add(root(context)
                    .snapshot()
                    .all()
                    .filter(node -> node.state().isLive())
                    .map(NodeSnapshot::path)
                    .sorted()
                    .toList());
        }

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public int getPhase() {
            return SmartLifecycle.DEFAULT_PHASE - 1024;
        }
    }
}
