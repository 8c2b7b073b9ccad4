package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.paths;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AliasFor;

class AnnotatedWorkerTest {

    @Test
    void anAnnotatedMethodIsABeanNamedByHostAndMethod() {
        runner().withBean(OrderRelay.class).run(context -> {
            assertThat(context)
                    .hasBean("orderRelay.relay")
                    .getBean("orderRelay.relay")
                    .isInstanceOf(dev.leakproof.ManagedWorker.class);
            assertThat(context.getBeanProvider(dev.leakproof.ManagedWorker.class)
                            .getObject()
                            .id())
                    .isEqualTo("orderRelay.relay");
            NodeSnapshot relay = node(context, "app/orderRelay/relay");
            assertThat(relay.id()).isEqualTo("orderRelay.relay");
            assertThat(relay.createdAt()).isEqualTo(OrderRelay.class.getName() + ".relay");
            assertThat(relay.schedule()).isEqualTo("every 1h");
            assertThat(context.getBean(OrderRelay.class).ran.await(60, TimeUnit.SECONDS))
                    .isTrue();
        });
    }

    static class OrderRelay {
        final CountDownLatch ran = new CountDownLatch(1);

        @ManagedWorker(every = "1h")
        void relay(WorkerContext ctx) {
            assertThat(ctx.path()).isEqualTo("app/orderRelay/relay");
            ran.countDown();
        }
    }

    @Test
    void everyAttributeTakesPlaceholders() {
        runner().withBean(AllPlaceholders.class)
                .withPropertyValues(
                        "w.name=mailer",
                        "w.owner=notifications/mail",
                        "w.delay=3s",
                        "w.initial=1h",
                        "w.jitter=5ms",
                        "w.timeout=7s",
                        "w.concurrency=1",
                        "w.mode=finish",
                        "w.stop=4s",
                        "w.threads=platform",
                        "w.enabled=true")
                .run(context -> {
                    assertThat(context).hasBean("mailer");
                    NodeSnapshot mailer = node(context, "app/notifications/mail/mailer");
                    assertThat(mailer.schedule()).isEqualTo("3s after the last run");
                    assertThat(mailer.stopMode()).isEqualTo(StopMode.FINISH);
                    assertThat(mailer.stopTimeout()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(mailer.state()).isEqualTo(NodeState.RUNNING);
                    NodeSnapshot cron = node(context, "app/allPlaceholders/cron");
                    assertThat(cron.schedule()).isEqualTo("cron 0 0 3 * * * Europe/Vienna");
                    assertThat(node(context, "app/allPlaceholders/loop").children())
                            .hasSize(3);
                });
    }

    static class AllPlaceholders {
        @ManagedWorker(
                name = "${w.name}",
                owner = "${w.owner}",
                fixedDelay = "${w.delay}",
                initialDelay = "${w.initial}",
                jitter = "${w.jitter}",
                timeout = "${w.timeout}",
                concurrencyString = "${w.concurrency}",
                stopModeString = "${w.mode}",
                stopTimeout = "${w.stop}",
                threadsString = "${w.threads}",
                enabled = "${w.enabled}")
        void mail() {}

        @ManagedWorker(cron = "${w.cron:0 0 3 * * *}", zone = "${w.zone:Europe/Vienna}")
        void cron() {}

        @ManagedWorker(concurrency = 2, concurrencyString = "${w.several:3}")
        void loop(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    @Test
    void constantsNeedNoStrings() {
        runner().withBean(Constants.class).run(context -> {
            NodeSnapshot loop = node(context, "app/constants/loop");
            assertThat(loop.stopMode()).isEqualTo(StopMode.DRAIN);
            assertThat(loop.schedule()).isEqualTo("4 at once");
            assertThat(loop.children()).extracting(NodeSnapshot::id).contains("constants.loop.4");
        });
    }

    static class Constants {
        @ManagedWorker(concurrency = 4, stopMode = StopMode.DRAIN)
        void loop(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aWorkerMayChooseItsKindOfThread() {
        runner().withBean(Threads.class).run(context -> {
            Threads threads = context.getBean(Threads.class);
            assertThat(threads.ran.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(threads.virtual.get().getThreadGroup().getName()).isEqualTo("VirtualThreads");
            assertThat(threads.platform.get().getThreadGroup().getName()).isNotEqualTo("VirtualThreads");
        });
    }

    static class Threads {
        final CountDownLatch ran = new CountDownLatch(2);
        final AtomicReference<Thread> virtual = new AtomicReference<>();
        final AtomicReference<Thread> platform = new AtomicReference<>();

        @ManagedWorker(threads = ThreadKind.VIRTUAL)
        void virtual(WorkerContext ctx) throws InterruptedException {
            virtual.set(Thread.currentThread());
            ran.countDown();
            ctx.sleep(Duration.ofHours(1));
        }

        @ManagedWorker(threadsString = "platform")
        void platform(WorkerContext ctx) throws InterruptedException {
            platform.set(Thread.currentThread());
            ran.countDown();
            ctx.sleep(Duration.ofHours(1));
        }
    }

    @Test
    void oneThatIsNotEnabledIsNotThere() {
        runner().withBean(Disabled.class).run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(dev.leakproof.ManagedWorker.class);
            assertThat(paths(context)).containsExactly("app");
        });
    }

    static class Disabled {
        @ManagedWorker(enabled = "${no.such.property:false}")
        void off() {}

        @ManagedWorker(cron = "-")
        void never() {}
    }

    @Test
    void anAnnotationMayBeComposed() {
        runner().withBean(Composed.class)
                .run(context -> assertThat(node(context, "app/composed/tick").schedule())
                        .isEqualTo("every 5m"));
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ManagedWorker(stopMode = StopMode.FINISH)
    @interface Tick {
        @AliasFor(annotation = ManagedWorker.class)
        String every();
    }

    static class Composed {
        @Tick(every = "5m")
        void tick() {}
    }

    @Test
    void aNameThatJavaAllowsAndATreeDoesNotIsSanitised() {
        runner().withBean(Dollars.class)
                .run(context -> assertThat(context)
                        .hasBean("dollars.count_all")
                        .getBean("dollars.count_all", dev.leakproof.ManagedWorker.class)
                        .extracting(dev.leakproof.ManagedWorker::path)
                        .isEqualTo("app/dollars/count_all"));
    }

    static class Dollars {
        @ManagedWorker(every = "1h")
        void count$all() {}
    }

    @Test
    void aMethodIsCalledThroughTheProxiesOfItsBean() {
        AtomicInteger advised = new AtomicInteger();
        CountDownLatch ran = new CountDownLatch(1);
        runner().withBean(ProxyEverything.class, () -> new ProxyEverything(true, advised))
                .withBean(Proxied.class, () -> new Proxied(ran))
                .run(context -> {
                    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(advised).hasValueGreaterThan(0);
                    assertThat(paths(context)).contains("app/proxied/work");
                });
    }

    @Test
    void aMethodOfAnInterfaceIsCalledThroughAJdkProxy() {
        AtomicInteger advised = new AtomicInteger();
        CountDownLatch ran = new CountDownLatch(1);
        runner().withBean(ProxyEverything.class, () -> new ProxyEverything(false, advised))
                .withBean("proxied", Work.class, () -> new ProxiedByInterface(ran))
                .run(context -> {
                    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
                    assertThat(advised).hasValueGreaterThan(0);
                });
    }

    interface Work {
        void work();
    }

    static class ProxiedByInterface implements Work {
        private final CountDownLatch ran;

        ProxiedByInterface(CountDownLatch ran) {
            this.ran = ran;
        }

        @Override
        @ManagedWorker(every = "1h")
        public void work() {
            ran.countDown();
        }
    }

    static class Proxied {
        private final CountDownLatch ran;

        Proxied() {
            this(new CountDownLatch(0));
        }

        Proxied(CountDownLatch ran) {
            this.ran = ran;
        }

        @ManagedWorker(every = "1h")
        void work() {
            ran.countDown();
        }
    }

    /** Stands for {@code @Transactional} and its like. */
    static class ProxyEverything implements BeanPostProcessor, Ordered {
        private final boolean targetClass;
        private final AtomicInteger advised;

        ProxyEverything(boolean targetClass, AtomicInteger advised) {
            this.targetClass = targetClass;
            this.advised = advised;
        }

        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!bean.getClass().getName().contains("Proxied")) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.setProxyTargetClass(targetClass);
            factory.addAdvice((MethodInterceptor) invocation -> {
                advised.incrementAndGet();
                return invocation.proceed();
            });
            return factory.getProxy();
        }
    }
}
