package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.failureOf;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import reactor.core.publisher.Mono;

class InvalidWorkerTest {

    static List<Arguments> invalid() {
        return List.of(
                Arguments.of(
                        Private.class, "work is private, so that proxies cannot see it.", "Make it package-private."),
                Arguments.of(Static.class, "work is static.", "Make it an instance method of a bean."),
                Arguments.of(
                        Parameters.class,
                        "work takes [java.lang.String, int].",
                        "Let it take nothing, or one parameter of type dev.leakproof.WorkerContext."),
                Arguments.of(
                        Future.class,
                        "work returns a CompletableFuture, whose work nobody would wait for.",
                        "Let it do the work itself and return when it is done."),
                Arguments.of(
                        Reactive.class,
                        "work returns a Mono, whose work nobody would wait for.",
                        "Let it do the work itself and return when it is done."),
                Arguments.of(
                        Schedules.class,
                        "work has several schedules: every and cron.",
                        "Keep one of them, or split the work into two methods."),
                Arguments.of(
                        Overlapping.class,
                        "work has every and a concurrency of 2, but runs of a periodic worker never overlap.",
                        "Leave out concurrency, or leave out every and loop until ctx.isStopping()."),
                Arguments.of(
                        Zone.class, "work has a zone, but no cron.", "Leave out zone, or write a cron expression."),
                Arguments.of(
                        DelayedCron.class,
                        "work has cron and an initialDelay, which do not go together.",
                        "Leave out initialDelay."),
                Arguments.of(
                        JitteryLoop.class,
                        "work has a jitter, but loops: there are no runs it could apply to.",
                        "Leave out jitter, or say when it runs by every, fixedDelay or cron."),
                Arguments.of(
                        BadDuration.class,
                        "work has every = \"2 parsecs\", which is not a duration.",
                        "Write it as 500ms, 2s, 5m or PT2S."),
                Arguments.of(
                        BadCron.class,
                        "work has cron = \"whenever\", which is not a cron expression.",
                        "Write six fields, from second to day of week, such as \"0 */5 * * * *\"."),
                Arguments.of(
                        BadZone.class,
                        "work has zone = \"Atlantis\", which is not a time zone.",
                        "Write it as Europe/Vienna, UTC or +02:00."),
                Arguments.of(
                        BadMode.class,
                        "work has stopMode = \"gently\", which is not one of interrupt, finish, drain.",
                        "Write one of interrupt, finish, drain."),
                Arguments.of(
                        BadNumber.class,
                        "work has concurrency = \"many\", which is not a whole number.",
                        "Write a number such as 4."),
                Arguments.of(
                        BadFlag.class,
                        "work has enabled = \"yes\", which is not true or false.",
                        "Write true or false."),
                Arguments.of(
                        Unresolvable.class,
                        "work has every = \"${no.such}\", which cannot be resolved: Could not resolve placeholder"
                                + " 'no.such' in value \"${no.such}\"",
                        "Set the property, or give the placeholder a default, such as ${property:default}."),
                Arguments.of(
                        PeriodicRestart.class,
                        "work has every and says maxRestarts, but its next run comes anyway.",
                        "Leave out maxRestarts."),
                Arguments.of(
                        NeverEscalating.class,
                        "work says escalation, but is never started again.",
                        "Leave out escalation, or write restart = ON_FAILURE; with maxRestarts = \"0\" the first failure"
                                + " escalates."),
                Arguments.of(
                        BadRestart.class,
                        "work has restart = \"sometimes\", which is not one of never, on-failure, always.",
                        "Write one of never, on-failure, always."),
                Arguments.of(
                        NegativeRestarts.class,
                        "work is no worker that could run: 'maxRestarts' of a restart policy must be 0 or more, but was"
                                + " -1",
                        "Change the attribute that the message speaks of."),
                Arguments.of(
                        NeverReady.class,
                        "work has awaitReady, but could never say that it is ready.",
                        "Let it take a dev.leakproof.WorkerContext and call ready(), or leave out awaitReady."),
                Arguments.of(
                        TwoModes.class,
                        "work has more than one stopMode: [FINISH, DRAIN]",
                        "Keep one of them, or none to take over what the owner has."),
                Arguments.of(
                        ZeroPeriod.class,
                        "work is no worker that could run: 'every' of 'work' must be longer than zero, but was 0s, use"
                                + " for instance 5s",
                        "Change the attribute that the message speaks of."));
    }

    @ParameterizedTest
    @MethodSource
    void invalid(Class<?> host, String message, String action) {
        runner().withBean(host).run(context -> {
            FailureAnalysis analysis = failureOf(context);
            assertThat(analysis.getDescription()).isEqualTo("@ManagedWorker method " + host.getName() + "." + message);
            assertThat(analysis.getAction()).isEqualTo(action);
        });
    }

    @Test
    void aMethodThatAJdkProxyDoesNotHaveFailsStartup() {
        runner().withBean("proxied", Runnable.class, Hidden::new)
                .withBean(JdkProxies.class)
                .run(context -> assertThat(failureOf(context).getDescription())
                        .isEqualTo("@ManagedWorker method " + Hidden.class.getName()
                                + ".work cannot be called: its bean is behind a JDK proxy, which does not have it."));
    }

    @Test
    void twoWorkersOfOneIdFailStartup() {
        runner().withBean("first", Fine.class)
                .withBean("second", Fine.class)
                .run(context -> assertThat(failureOf(context).getDescription())
                        .isEqualTo("Two workers have the id 'fine.work': @ManagedWorker method " + Fine.class.getName()
                                + ".work and @ManagedWorker method " + Fine.class.getName() + ".work."));
    }

    @Test
    void aWorkerAndAHeartbeatOfOneIdFailStartup() {
        runner().withBean(
                        "a",
                        Heartbeat.class,
                        () -> Heartbeat.named("mail").every(Duration.ofHours(1)).beat(ctx -> {}))
                .withBean(
                        "b",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("mail").ownedBy("x").run(ctx -> {}))
                .run(context -> assertThat(failureOf(context).getDescription())
                        .isEqualTo("Two workers have the id 'mail': bean 'a' and bean 'b'."));
    }

    @Test
    void anIdThatIsTheNameOfAnotherBeanFailsStartup() {
        runner().withBean("taken", Named.class).run(context -> {
            FailureAnalysis analysis = failureOf(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("@ManagedWorker method " + Named.class.getName()
                            + ".work has the id 'taken', which is the name of another bean.");
            assertThat(analysis.getAction()).isEqualTo("Give it another name by @ManagedWorker(name = …).");
        });
    }

    @Test
    void siblingsOfOneNameFailStartup() {
        runner().withBean(
                        "mail",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("mail").run(ctx -> {}))
                .withBean("owner", Owner.class, () -> Owner.named("mail").build())
                .run(context -> assertThat(failureOf(context).getDescription())
                        .startsWith("bean 'mail' cannot be attached: owner 'app' has a child named 'mail' already"));
    }

    @Test
    void anOwnerThatIsAWorkerFailsStartup() {
        runner().withBean(
                        "mail",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("mail").run(ctx -> {}))
                .withBean(
                        "sub",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("sub").ownedBy("mail").run(ctx -> {}))
                .run(context -> assertThat(failureOf(context).getDescription())
                        .startsWith("bean 'sub' cannot be attached: Expected 'mail' in owner 'app' to be an owner, but"
                                + " it is a worker"));
    }

    @Test
    void anOwnerThatRunsAsARootFailsStartup() {
        try (Owner other = Owner.root("other")) {
            runner().withBean("other", Owner.class, () -> other)
                    .run(context -> assertThat(failureOf(context).getDescription())
                            .isEqualTo("owner 'other' is a bean, but runs already, as the root of a tree of its own."));
        }
    }

    @Test
    void aPrototypeHostFailsStartupThoughNobodyAskedForOne() {
        assertPrototypeIsRefused(runner().withUserConfiguration(PrototypeHost.class));
    }

    @Test
    void aPrototypeWorkerFailsStartupThoughNobodyAskedForOne() {
        assertPrototypeIsRefused(runner().withUserConfiguration(PrototypeWorker.class));
    }

    private static void assertPrototypeIsRefused(ApplicationContextRunner runner) {
        runner.run(context -> {
            FailureAnalysis analysis = failureOf(context);
            assertThat(analysis.getDescription())
                    .isEqualTo("Bean 'prototype' is a prototype, and is or has a worker: nobody would stop what each of"
                            + " its instances starts.");
            assertThat(analysis.getAction())
                    .isEqualTo("Make the bean a singleton, or start the worker by Owner.start(…) where the instance is"
                            + " used.");
        });
    }

    @Test
    void aPropertyThatMakesNoSenseFailsStartup() {
        runner().withPropertyValues("leakproof.shutdown.timeout=0s")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessage("leakproof.shutdown.timeout must be longer than zero, but was PT0S: write for"
                                + " instance 12s"));
        runner().withPropertyValues("leakproof.name=a/b")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageStartingWith("leakproof.name must be 1 to 64 letters"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.deadline=0s", "cache-manager.enabled=ture", "history.maximum-size=0"})
    void soDoesOneOfAPartThatTheApplicationDoesNotUse(String property) {
        runner().withPropertyValues("leakproof." + property)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("leakproof." + property.split("=")[0]));
    }

    @Test
    void propertiesAreThereForABeanThatComesBeforeAllOthers() {
        runner().withUserConfiguration(Early.class)
                .withPropertyValues("leakproof.name=shop", "leakproof.shutdown.timeout=3s")
                .run(context -> {
                    Owner root = context.getBean("leakproofRoot", Owner.class);
                    assertThat(root.name()).isEqualTo("shop");
                    assertThat(root.stopTimeout()).isEqualTo(Duration.ofSeconds(3));
                });
    }

    @Test
    void whatTheyAreMadeOfIsNoProperty() {
        runner().withPropertyValues("leakproof.environment=production")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Configuration(proxyBeanMethods = false)
    static class Early {

        /** Is created, with what it wants, before there is any post-processor of beans. */
        @Bean
        static BeanFactoryPostProcessor any(Owner leakproofRoot) {
            return beanFactory -> {};
        }
    }

    @Test
    void defaultsThatDoNotFitTogetherFailStartupThoughNoWorkerHasThem() {
        runner().withPropertyValues("leakproof.defaults.backoff=2m", "leakproof.defaults.max-backoff=1m")
                .run(context -> {
                    FailureAnalysis analysis = failureOf(context);
                    assertThat(analysis.getDescription())
                            .startsWith("The properties under leakproof.defaults do not fit together: ")
                            .contains("ackoff");
                    assertThat(analysis.getAction()).isEqualTo("Change the property that the message speaks of.");
                });
    }

    static class Fine {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1h")
        void work() {}
    }

    static class Named {
        @dev.leakproof.spring.annotation.ManagedWorker(name = "taken", every = "1h")
        void work() {}
    }

    static class Private {
        @dev.leakproof.spring.annotation.ManagedWorker
        private void work() {}
    }

    static class Static {
        @dev.leakproof.spring.annotation.ManagedWorker
        static void work() {}
    }

    static class Parameters {
        @dev.leakproof.spring.annotation.ManagedWorker
        void work(String text, int number) {}
    }

    static class Future {
        @dev.leakproof.spring.annotation.ManagedWorker
        CompletableFuture<String> work() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class Reactive {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1s")
        Mono<Void> work() {
            return Mono.empty();
        }
    }

    static class Schedules {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1s", cron = "0 0 * * * *")
        void work() {}
    }

    static class Overlapping {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1s", concurrency = 2)
        void work() {}
    }

    static class Zone {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1s", zone = "UTC")
        void work() {}
    }

    static class DelayedCron {
        @dev.leakproof.spring.annotation.ManagedWorker(cron = "0 0 * * * *", initialDelay = "1s")
        void work() {}
    }

    static class JitteryLoop {
        @dev.leakproof.spring.annotation.ManagedWorker(jitter = "1s")
        void work() {}
    }

    static class BadDuration {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "2 parsecs")
        void work() {}
    }

    static class BadCron {
        @dev.leakproof.spring.annotation.ManagedWorker(cron = "whenever")
        void work() {}
    }

    static class BadZone {
        @dev.leakproof.spring.annotation.ManagedWorker(cron = "0 0 * * * *", zone = "Atlantis")
        void work() {}
    }

    static class BadMode {
        @dev.leakproof.spring.annotation.ManagedWorker(stopModeString = "gently")
        void work() {}
    }

    static class BadNumber {
        @dev.leakproof.spring.annotation.ManagedWorker(concurrencyString = "many")
        void work() {}
    }

    static class BadFlag {
        @dev.leakproof.spring.annotation.ManagedWorker(enabled = "yes")
        void work() {}
    }

    static class Unresolvable {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "${no.such}")
        void work() {}
    }

    static class PeriodicRestart {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1s", maxRestarts = "3")
        void work() {}
    }

    static class NeverEscalating {
        @dev.leakproof.spring.annotation.ManagedWorker(
                restart = dev.leakproof.RestartPolicy.Mode.NEVER,
                escalation = dev.leakproof.Escalation.STOP_OWNER)
        void work() {}
    }

    static class BadRestart {
        @dev.leakproof.spring.annotation.ManagedWorker(restartString = "sometimes")
        void work() {}
    }

    static class NegativeRestarts {
        @dev.leakproof.spring.annotation.ManagedWorker(maxRestarts = "-1")
        void work() {}
    }

    static class NeverReady {
        @dev.leakproof.spring.annotation.ManagedWorker(awaitReady = "5s")
        void work() {}
    }

    static class TwoModes {
        @dev.leakproof.spring.annotation.ManagedWorker(
                stopMode = {dev.leakproof.StopMode.FINISH, dev.leakproof.StopMode.DRAIN})
        void work() {}
    }

    static class ZeroPeriod {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "0s")
        void work() {}
    }

    static class Hidden implements Runnable {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1h")
        void work() {}

        @Override
        public void run() {}
    }

    static class JdkProxies implements BeanPostProcessor, Ordered {
        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            return bean instanceof Hidden ? new ProxyFactory(bean).getProxy() : bean;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeHost {
        @Bean
        @Scope("prototype")
        Fine prototype() {
            return new Fine();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class PrototypeWorker {
        @Bean
        @Scope("prototype")
        ManagedWorker prototype() {
            return ManagedWorker.named("x").run(ctx -> {});
        }
    }
}
