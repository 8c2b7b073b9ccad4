package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.node;
import static dev.leakproof.spring.ways.Applications.paths;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leakproof.NodeState;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.web.context.annotation.ApplicationScope;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.annotation.SessionScope;

class ScopedHostTest {

    @ParameterizedTest
    @ValueSource(classes = {OfRequest.class, OfSession.class})
    void aHostOfWhichThereAreSeveralAtOnceIsRefused(Class<?> configuration) {
        assertThatThrownBy(() -> application(WebApplicationType.SERVLET, configuration)
                        .run()
                        .close())
                .isInstanceOfSatisfying(InvalidWorkerException.class, ex -> {
                    assertThat(ex)
                            .hasMessageContaining("'scopedTarget.host'")
                            .hasMessageContaining(configuration == OfRequest.class ? "scope 'request'" : "'session'");
                    assertThat(ex.getAction()).contains("singleton");
                });
    }

    static class Host {
        @ManagedWorker
        void work(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfRequest {
        @Bean
        @RequestScope
        Host host() {
            return new Host();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfSession {
        @Bean
        @SessionScope
        Host host() {
            return new Host();
        }
    }

    /** There is one of it, made when something asks. */
    @Test
    void aHostOfTheApplicationScopeRunsFromItsFirstUseOn() {
        try (ConfigurableApplicationContext context =
                application(WebApplicationType.SERVLET, OfApplication.class).run()) {
            assertThat(paths(context)).doesNotContain("app/host/work");
            assertThat(context.getBean(Host.class).toString())
                    .as("through its proxy")
                    .contains("Host");
            assertThat(node(context, "app/host/work").state().isLive()).isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfApplication {
        @Bean
        @ApplicationScope
        Host host() {
            return new Host();
        }
    }

    @Test
    void aHostThatIsRefreshedComesWithNewWorkers() {
        Refresh refresh = new Refresh();
        try (ConfigurableApplicationContext context = application(WebApplicationType.NONE, OfRefresh.class)
                .initializers(initialized -> initialized.getBeanFactory().registerScope("refresh", refresh))
                .run()) {
            Object first = context.getBean("scopedTarget.host");
            dev.leakproof.ManagedWorker worker = context.getBean("host.work", dev.leakproof.ManagedWorker.class);
            assertThat(worker.state().isLive()).isTrue();

            refresh.refreshAll();
            assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
            assertThat(paths(context)).doesNotContain("app/host/work");

            assertThat(context.getBean("scopedTarget.host")).isNotSameAs(first);
            assertThat(context.getBean("host.work")).isNotSameAs(worker);
            assertThat(node(context, "app/host/work").state().isLive()).isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OfRefresh {
        @Bean
        @org.springframework.context.annotation.Scope(value = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Host host() {
            return new Host();
        }
    }

    /** As Spring Cloud has one: a bean is destroyed, and made again by whoever asks next. */
    private static final class Refresh implements Scope {

        private final Map<String, Object> beans = new LinkedHashMap<>();
        private final Map<String, Runnable> ends = new LinkedHashMap<>();

        @Override
        public Object get(String name, ObjectFactory<?> factory) {
            Object bean = beans.get(name);
            if (bean == null) {
                bean = factory.getObject();
                beans.put(name, bean);
            }
            return bean;
        }

        private void refreshAll() {
            beans.clear();
            ends.values().forEach(Runnable::run);
            ends.clear();
        }

        @Override
        public Object remove(String name) {
            ends.remove(name);
            return beans.remove(name);
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {
            ends.put(name, callback);
        }
    }
}
