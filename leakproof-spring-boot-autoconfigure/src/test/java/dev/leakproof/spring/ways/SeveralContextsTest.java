package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.assertAllStopped;
import static dev.leakproof.spring.ways.Applications.eventually;
import static dev.leakproof.spring.ways.Applications.get;
import static dev.leakproof.spring.ways.Applications.node;
import static dev.leakproof.spring.ways.Applications.paths;
import static dev.leakproof.spring.ways.Applications.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A management port, a child, a stranger: contexts beside each other in one JVM. */
class SeveralContextsTest {

    /** With a port of its own the endpoint is there until the last worker has ended. */
    @Test
    void theManagementPortShowsTheWorkersDrain() throws Exception {
        CompletableFuture<Void> closed;
        Draining draining;
        Owner root;
        try (ConfigurableApplicationContext context = application(WebApplicationType.SERVLET, Draining.class)
                .run("--management.server.port=0", "--management.endpoints.web.exposure.include=workers")) {
            assertThat(context.getBeansOfType(Owner.class)).hasSize(1);
            root = root(context);
            draining = context.getBean(Draining.class);
            String management = "http://localhost:"
                    + context.getEnvironment().getRequiredProperty("local.management.port") + "/actuator/workers";
            assertThat(get(management)).contains("\"path\":\"app/loop\"").contains("\"state\":\"running\"");
            assertThat(draining.entered.await(60, TimeUnit.SECONDS)).isTrue();

            closed = CompletableFuture.runAsync(context::close);
            eventually(() -> root.state() == NodeState.STOPPING);
            assertThat(get(management)).contains("\"path\":\"app/loop\"").contains("\"state\":\"stopping\"");
            draining.release.countDown();
            closed.get(60, TimeUnit.SECONDS);
        }
        assertAllStopped(root);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Draining {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Bean
        ManagedWorker loop() {
            return ManagedWorker.named("loop").stopMode(StopMode.FINISH).run(ctx -> {
                entered.countDown();
                release.await();
            });
        }
    }

    @Test
    void aParentAndItsChildHaveATreeEach() throws Exception {
        SpringApplicationBuilder parentBuilder = application(WebApplicationType.NONE, Parent.class)
                .properties("management.endpoints.web.exposure.include=workers");
        try (ConfigurableApplicationContext child = parentBuilder
                .child(Child.class)
                .web(WebApplicationType.SERVLET)
                .properties("server.port=0", "spring.main.banner-mode=off")
                .run()) {
            ConfigurableApplicationContext parent = parentBuilder.context();
            assertThat(child.getParent()).isSameAs(parent);
            assertThat(paths(parent)).contains("app/ping").doesNotContain("app/pong");
            assertThat(paths(child)).contains("app/pong").doesNotContain("app/ping");
            assertThat(get("http://localhost:"
                            + child.getEnvironment().getRequiredProperty("local.server.port")
                            + "/actuator/workers"))
                    .as("the tree of the context that answers")
                    .contains("app/pong")
                    .doesNotContain("app/ping");

            Owner parents = root(parent);
            Owner childs = root(child);
            parent.close();
            assertAllStopped(parents);
            assertAllStopped(childs);
            assertThat(child.isActive()).isFalse();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Parent {
        @Bean
        Heartbeat ping() {
            return Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {});
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Child {
        @Bean
        Heartbeat pong() {
            return Heartbeat.named("pong").every(Duration.ofHours(1)).beat(ctx -> {});
        }
    }

    @Test
    void applicationsInOneJvmDoNotTouchEachOther() {
        try (ConfigurableApplicationContext one =
                        application(WebApplicationType.NONE, Parent.class).run();
                ConfigurableApplicationContext other =
                        application(WebApplicationType.SERVLET, Parent.class).run()) {
            Owner root = root(one);
            one.close();
            assertAllStopped(root);
            assertThat(root(other)).isNotSameAs(root);
            assertThat(node(other, "app/ping").state()).isEqualTo(NodeState.RUNNING);
        }
    }

    /** The JVM's own registries, of meters, threads and the like, must not hold what is over. */
    @Test
    void aContextThatIsClosedGoesWithTheGarbage() {
        WeakReference<ApplicationContext> closed = runAndClose();
        eventually(() -> {
            System.gc();
            return closed.get() == null;
        });
    }

    private static WeakReference<ApplicationContext> runAndClose() {
        try (ConfigurableApplicationContext context =
                application(WebApplicationType.NONE, Parent.class).run()) {
            return new WeakReference<>(context);
        }
    }
}
