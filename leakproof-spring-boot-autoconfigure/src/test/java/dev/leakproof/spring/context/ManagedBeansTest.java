package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.paths;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

@ExtendWith(OutputCaptureExtension.class)
class ManagedBeansTest {

    @Test
    void workersAndHeartbeatsAreAttachedAndStarted() {
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .withBean("mail", ManagedWorker.class, () -> loop("mail", "notifications/mail"))
                .run(context -> {
                    assertThat(paths(context))
                            .containsExactly(
                                    "app",
                                    "app/ping",
                                    "app/notifications",
                                    "app/notifications/mail",
                                    "app/notifications/mail/mail");
                    assertThat(context.getBean(Heartbeat.class).worker().state())
                            .isEqualTo(NodeState.RUNNING);
                });
    }

    @Test
    void declaredOwnersComeFirstAndTheirOwnersBeforeThem() {
        runner().withBean("mail", ManagedWorker.class, () -> loop("mail", "orders/outbox"))
                .withBean(
                        "outbox",
                        Owner.class,
                        () -> Owner.named("outbox")
                                .ownedBy("orders")
                                .stopTimeout(Duration.ofSeconds(3))
                                .build())
                .withBean(
                        "orders",
                        Owner.class,
                        () -> Owner.named("orders")
                                .stopTimeout(Duration.ofSeconds(5))
                                .build())
                .run(context -> {
                    assertThat(node(context, "app/orders").stopTimeout()).isEqualTo(Duration.ofSeconds(5));
                    assertThat(node(context, "app/orders/outbox/mail").stopTimeout())
                            .isEqualTo(Duration.ofSeconds(3));
                });
    }

    @Test
    void aParentAndItsChildMayHaveHostsOfOneClass() {
        runner().withBean(Relay.class)
                .run(parent -> runner().withParent(parent).withBean(Relay.class).run(child -> {
                    assertThat(node(parent, "app/relay/work").starts()).isEqualTo(1);
                    assertThat(node(child, "app/relay/work").starts()).isEqualTo(1);
                }));
    }

    /** Spring itself makes what a factory makes only when something asks for it. */
    @Test
    void whatFactoryBeansMakeIsStarted() {
        runner().withBean("ping", HeartbeatFactory.class)
                .withBean(RelayFactory.class)
                .run(context -> assertThat(paths(context)).contains("app/ping", "app/relay/work"));
    }

    static class Relay {
        @dev.leakproof.spring.annotation.ManagedWorker
        void work(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    static class RelayFactory implements FactoryBean<Relay> {
        @Override
        public Relay getObject() {
            return new Relay();
        }

        @Override
        public Class<Relay> getObjectType() {
            return Relay.class;
        }
    }

    static class HeartbeatFactory implements FactoryBean<Heartbeat> {
        @Override
        public Heartbeat getObject() {
            return heartbeat("ping");
        }

        @Override
        public Class<Heartbeat> getObjectType() {
            return Heartbeat.class;
        }
    }

    @Test
    void whatTheApplicationAttachedItselfStaysThere() {
        runner().withUserConfiguration(AttachesItself.class)
                .run(context -> assertThat(paths(context)).containsExactly("app", "app/orders", "app/orders/mail"));
    }

    @Configuration(proxyBeanMethods = false)
    static class AttachesItself {
        @Bean
        Owner orders() {
            return Owner.named("orders").build();
        }

        @Bean
        ManagedWorker mail(Owner orders) {
            return orders.attach(loop("mail", null));
        }
    }

    @Test
    void aWorkerThatIsInjectedLazilyIsAttachedAndStartedWhenItIsCreated(CapturedOutput output) {
        runner().withUserConfiguration(LazyBeans.class).run(context -> {
            assertThat(paths(context)).containsExactly("app");
            assertThat(output)
                    .contains("Bean 'ping' is lazy, and is or has a worker")
                    .contains("Bean 'host' is lazy, and is or has a worker");
            context.getBean(Heartbeat.class);
            context.getBean(Host.class);
            assertThat(node(context, "app/ping").state()).isEqualTo(NodeState.RUNNING);
            assertThat(node(context, "app/host/work").state().isLive()).isTrue();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyBeans {
        @Bean
        @Lazy
        Heartbeat ping() {
            return heartbeat("ping");
        }

        @Bean
        @Lazy
        Host host() {
            return new Host();
        }
    }

    @Test
    void lazyInitializationLeavesNoWorkerUnstarted() {
        runner().withUserConfiguration(AllKinds.class)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    assertThat(paths(context)).contains("app/orders", "app/ping", "app/host/work", "app/hidden/work");
                    assertThat(context.getBeanFactory().containsSingleton("other"))
                            .isFalse();
                });
    }

    @Configuration(proxyBeanMethods = false)
    @AutoConfigurationPackage
    static class AllKinds {
        @Bean
        Owner orders() {
            return Owner.named("orders").build();
        }

        @Bean
        Heartbeat ping() {
            return heartbeat("ping");
        }

        @Bean
        Host host() {
            return new Host();
        }

        @Bean
        Runnable hidden() {
            return new Hidden();
        }

        @Bean
        String other() {
            return "";
        }
    }

    static class Host {
        @dev.leakproof.spring.annotation.ManagedWorker
        void work(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    static class Hidden extends Host implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void aBeanThatIsDestroyedStopsItsWorkersAndMayComeAgain() {
        runner().withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .withBean("host", Host.class)
                .run(context -> {
                    DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
                    ManagedWorker work = context.getBean("host.work", ManagedWorker.class);
                    Heartbeat ping = context.getBean(Heartbeat.class);
                    beans.destroySingleton("host");
                    beans.destroySingleton("ping");
                    assertThat(work.state()).isEqualTo(NodeState.STOPPED);
                    assertThat(ping.worker().state()).isEqualTo(NodeState.STOPPED);
                    assertThat(paths(context)).containsExactly("app", "app/host");
                    assertThat(context).doesNotHaveBean("host.work");

                    context.getBean("host");
                    context.getBean("ping");
                    assertThat(context.getBean("host.work")).isNotSameAs(work);
                    assertThat(paths(context)).contains("app/host/work", "app/ping");
                });
    }

    @Test
    void aDeclaredOwnerThatIsDestroyedStopsAllItHolds() {
        runner().withBean("orders", Owner.class, () -> Owner.named("orders").build())
                .withBean("mail", ManagedWorker.class, () -> loop("mail", "orders"))
                .run(context -> {
                    ManagedWorker mail = context.getBean(ManagedWorker.class);
                    ((DefaultListableBeanFactory) context.getBeanFactory()).destroySingleton("orders");
                    assertThat(mail.state()).isEqualTo(NodeState.STOPPED);
                    assertThat(paths(context)).containsExactly("app");
                });
    }

    @Test
    void aScopedHostHasItsWorkersWhileItsScopeLasts() {
        runner().withUserConfiguration(Scoped.class)
                .withInitializer(context -> context.getBeanFactory().registerScope("thread", new SimpleThreadScope() {
                    @Override
                    public void registerDestructionCallback(String name, Runnable callback) {
                        ends.add(callback);
                    }
                }))
                .run(context -> {
                    assertThat(paths(context)).containsExactly("app");
                    context.getBean(ScopedProxyUtils.getTargetBeanName("host"));
                    assertThat(paths(context)).containsExactly("app", "app/host", "app/host/work");
                    ends.forEach(Runnable::run);
                    assertThat(paths(context)).containsExactly("app", "app/host");
                });
    }

    private final List<Runnable> ends = new java.util.ArrayList<>();

    @Configuration(proxyBeanMethods = false)
    static class Scoped {
        @Bean
        @Scope(value = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Host host() {
            return new Host();
        }
    }

    @Test
    void infrastructureBeansGiveSpringNoReasonToWarn(CapturedOutput output) {
        runner().withBean(Host.class).run(context -> {
            assertThat(output).doesNotContain("is not eligible for getting processed by all BeanPostProcessors");
            assertThat(context.getBeanFactory()
                            .getBeanDefinition("leakproofManagedBeans")
                            .getRole())
                    .isEqualTo(BeanDefinition.ROLE_INFRASTRUCTURE);
        });
    }

    @Test
    void theRootMayBeBuiltByTheApplication() {
        runner().withBean(
                        "leakproofRoot", Owner.class, () -> Owner.named("mine").build())
                .withBean("ping", Heartbeat.class, () -> heartbeat("ping"))
                .run(context -> assertThat(paths(context)).containsExactly("mine", "mine/ping"));
    }

    @Test
    void aWorkerStartedByHandInTheRootIsStoppedWithIt() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        runner().run(context -> {
            root(context).start(ManagedWorker.named("late").run(ctx -> {
                entered.countDown();
                try {
                    ctx.sleep(Duration.ofHours(1));
                } finally {
                    ended.countDown();
                }
            }));
            assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
        });
        assertThat(ended.await(0, TimeUnit.SECONDS)).isTrue();
    }

    private static Heartbeat heartbeat(String name) {
        return Heartbeat.named(name).every(Duration.ofHours(1)).beat(ctx -> {});
    }

    private static ManagedWorker loop(String name, String owner) {
        return ManagedWorker.named(name).ownedBy(owner).run(ctx -> ctx.sleep(Duration.ofHours(1)));
    }
}
