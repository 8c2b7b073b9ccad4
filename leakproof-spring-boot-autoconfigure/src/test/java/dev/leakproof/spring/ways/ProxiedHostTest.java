package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.spring.annotation.ManagedWorker;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A worker calls its host as others do: through what Spring has put around it. */
class ProxiedHostTest {

    @ParameterizedTest
    @ValueSource(classes = {ByClass.class, ByInterface.class})
    void aTransactionSpansARun(Class<?> configuration) throws Exception {
        try (ConfigurableApplicationContext context =
                application(WebApplicationType.NONE, configuration).run()) {
            Work host = context.getBean(Work.class);
            assertThat(AopUtils.isCglibProxy(host)).isEqualTo(configuration == ByClass.class);
            assertThat(AopUtils.isJdkDynamicProxy(host)).isEqualTo(configuration == ByInterface.class);
            Recorded recorded = context.getBean(Recorded.class);
            assertThat(recorded.committed.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(recorded.inTransaction).hasValue(1);
        }
    }

    interface Work {
        void work();
    }

    static class Host implements Work {
        private final Recorded recorded;

        Host(Recorded recorded) {
            this.recorded = recorded;
        }

        @Override
        @Transactional
        @ManagedWorker(every = "1h")
        public void work() {
            if (TransactionSynchronizationManager.isActualTransactionActive()) {
                recorded.inTransaction.incrementAndGet();
            }
        }
    }

    static class Recorded {
        private final AtomicInteger inTransaction = new AtomicInteger();
        private final CountDownLatch committed = new CountDownLatch(1);
    }

    @Configuration(proxyBeanMethods = false)
    static class Transactions {
        @Bean
        Recorded recorded() {
            return new Recorded();
        }

        @Bean
        PlatformTransactionManager transactionManager(Recorded recorded) {
            return new NoTransactions(recorded);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableTransactionManagement(proxyTargetClass = true)
    static class ByClass extends Transactions {
        @Bean
        Host host(Recorded recorded) {
            return new Host(recorded);
        }
    }

    /** Its auto-configuration is not Boot's, which would proxy classes. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(LeakproofAutoConfiguration.class)
    @EnableTransactionManagement(proxyTargetClass = false)
    static class ByInterface extends Transactions {
        @Bean
        Work host(Recorded recorded) {
            return new Host(recorded);
        }
    }

    private static final class NoTransactions extends AbstractPlatformTransactionManager {
        private static final long serialVersionUID = 1L;

        private final transient Recorded recorded;

        private NoTransactions(Recorded recorded) {
            this.recorded = recorded;
        }

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {}

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            recorded.committed.countDown();
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}
    }

    @Test
    void aRunIsRetriedBySpringsAnnotation() throws Exception {
        try (ConfigurableApplicationContext context =
                application(WebApplicationType.NONE, Retrying.class).run()) {
            assertThat(context.getBean(Retrying.class).third.await(60, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableResilientMethods
    static class Retrying {
        final CountDownLatch third = new CountDownLatch(3);

        @Bean
        Flaky flaky() {
            return new Flaky(third);
        }
    }

    static class Flaky {
        private final CountDownLatch third;

        Flaky(CountDownLatch third) {
            this.third = third;
        }

        Flaky() {
            this(new CountDownLatch(0)); // for the proxy
        }

        @Retryable(maxRetries = 3, delay = 1)
        @ManagedWorker(every = "1h")
        void work() {
            third.countDown();
            if (third.getCount() > 0) {
                throw new IllegalStateException("not yet");
            }
        }
    }

    /** A post-processor without an order comes after all that have one. */
    @Test
    void aProxyOfAPostProcessorWithoutAnOrderCountsToo() throws Exception {
        try (ConfigurableApplicationContext context =
                application(WebApplicationType.NONE, Unordered.class).run()) {
            Unordered unordered = context.getBean(Unordered.class);
            assertThat(unordered.ran.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Unordered.advised).hasValueGreaterThan(0);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Unordered {
        static final AtomicInteger advised = new AtomicInteger();
        final CountDownLatch ran = new CountDownLatch(1);

        @Bean
        Runnable hidden() {
            return new Hidden(ran);
        }

        @Bean
        static BeanPostProcessor proxying() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String beanName) {
                    if (!beanName.equals("hidden")) {
                        return bean;
                    }
                    ProxyFactory factory = new ProxyFactory(bean);
                    factory.addAdvice((MethodInterceptor) invocation -> {
                        advised.incrementAndGet();
                        return invocation.proceed();
                    });
                    return factory.getProxy();
                }
            };
        }
    }

    static class Hidden implements Runnable {
        private final CountDownLatch ran;

        Hidden(CountDownLatch ran) {
            this.ran = ran;
        }

        @Override
        @ManagedWorker(every = "1h")
        public void run() {
            ran.countDown();
        }
    }
}
