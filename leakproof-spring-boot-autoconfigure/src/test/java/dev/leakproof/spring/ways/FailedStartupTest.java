package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.assertAllStopped;
import static dev.leakproof.spring.ways.Applications.assertNoThreadBut;
import static dev.leakproof.spring.ways.Applications.threads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.failure.FailureMode;
import dev.leakproof.failure.JavaProcess;
import dev.leakproof.spring.context.TreeLifecycle;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** A startup that fails leaves no thread, wherever it fails. */
class FailedStartupTest {

    @ParameterizedTest
    @CsvSource({
        "ConstructorFails, SERVLET, 0",
        "LifecycleBeforeUsFails, NONE, 0",
        "WorkerIsNotReady, SERVLET, 1",
        "LifecycleAfterUsFails, NONE, 1",
        "LifecycleAfterUsFails, SERVLET, 1",
        "RunnerFails, NONE, 1",
        "RunnerFails, SERVLET, 1",
        "ListenerFails, NONE, 1"
    })
    void noThreadIsLeft(String point, WebApplicationType type, int starts) throws Exception {
        Collection<Thread> before = new HashSet<>(threads());
        AtomicReference<Owner> root = new AtomicReference<>();
        assertThatThrownBy(() -> application(type, AllKinds.class, source(point))
                        .initializers(context -> context.getBeanFactory().addBeanPostProcessor(new Remember(root)))
                        .run())
                .hasStackTraceContaining(point.equals("WorkerIsNotReady") ? "was not ready within" : "on purpose");
        assertThat(root.get().snapshot().starts()).isEqualTo(starts);
        assertAllStopped(root.get());
        assertNoThreadBut(before);
    }

    @Test
    void noThreadIsLeftWhereThePortOfTheWebServerIsTaken() throws IOException {
        Collection<Thread> before = new HashSet<>(threads());
        AtomicReference<Owner> root = new AtomicReference<>();
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> application(WebApplicationType.SERVLET, AllKinds.class)
                            .initializers(context -> context.getBeanFactory().addBeanPostProcessor(new Remember(root)))
                            .run("--server.port=" + taken.getLocalPort()))
                    .hasStackTraceContaining(PortInUseException.class.getName());
        }
        assertThat(root.get().snapshot().starts()).isEqualTo(1);
        assertAllStopped(root.get());
        assertNoThreadBut(before);
    }

    /** Of these, the one thread that is no daemon is up already, or about to be. */
    @ParameterizedTest
    @ValueSource(strings = {"LifecycleAfterUsFails", "RunnerFails"})
    @Tag("slow")
    void nothingKeepsTheJvmUp(String point) throws Exception {
        try (JavaProcess process =
                JavaProcess.of(FailedStartupTest.class).arguments(point).start()) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(1);
            assertThat(process.output()).contains("on purpose");
            FailureMode.of("A startup fails after the workers have started").assertSeenIn(process.output());
        }
    }

    public static void main(String[] args) throws Exception {
        application(WebApplicationType.NONE, AllKinds.class, source(args[0])).run();
    }

    private static Class<?> source(String point) throws ClassNotFoundException {
        return Class.forName(FailedStartupTest.class.getName() + "$" + point);
    }

    /** A context that has failed gives no beans any more. */
    private record Remember(AtomicReference<Owner> root) implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (beanName.equals("leakproofRoot")) {
                root.set((Owner) bean);
            }
            return bean;
        }
    }

    private static IllegalStateException onPurpose() {
        return new IllegalStateException("on purpose");
    }

    @Configuration(proxyBeanMethods = false)
    static class ConstructorFails {
        @Bean
        @DependsOn({"ping", "quotes", "hidden", "leakproofTree"})
        Object failing() {
            throw onPurpose();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LifecycleBeforeUsFails {
        @Bean
        SmartLifecycle failing() {
            return new FailingLifecycle(TreeLifecycle.DEFAULT_START_PHASE - 1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LifecycleAfterUsFails {
        @Bean
        SmartLifecycle failing() {
            return new FailingLifecycle(TreeLifecycle.DEFAULT_START_PHASE + 1);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WorkerIsNotReady {
        @Bean
        ManagedWorker failing() {
            return ManagedWorker.named("failing")
                    .awaitReady(Duration.ofMillis(50))
                    .run(ctx -> ctx.sleep(Duration.ofHours(1)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class RunnerFails {
        @Bean
        ApplicationRunner failing() {
            return arguments -> {
                throw onPurpose();
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ListenerFails {
        @Bean
        ApplicationListener<ApplicationReadyEvent> failing() {
            return event -> {
                throw onPurpose();
            };
        }
    }

    private record FailingLifecycle(int phase) implements SmartLifecycle {
        @Override
        public void start() {
            throw onPurpose();
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
}
