package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import dev.leakproof.jfr.FlightRecorderListener;
import dev.leakproof.spring.actuate.WorkersEndpoint;
import dev.leakproof.spring.actuate.WorkersHealthIndicator;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When there is an endpoint or a health indicator, and when there is none. */
class ConditionsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    WorkersEndpointAutoConfiguration.class,
                    WorkersHealthContributorAutoConfiguration.class));

    @Test
    void allAutoConfigurationsAreRegistered() {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(
                        LeakproofAutoConfiguration.class.getName(),
                        WorkersEndpointAutoConfiguration.class.getName(),
                        WorkersHealthContributorAutoConfiguration.class.getName(),
                        WorkersMetricsAutoConfiguration.class.getName(),
                        WorkersObservationAutoConfiguration.class.getName(),
                        WorkersFlightRecorderAutoConfiguration.class.getName());
    }

    @Test
    void theEndpointIsThereWhenExposed() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=workers")
                .run(context -> assertThat(context).hasSingleBean(WorkersEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereWhenNotExposed() {
        runner.run(context -> assertThat(context).doesNotHaveBean(WorkersEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereWhenAccessIsNone() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=*", "management.endpoint.workers.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(WorkersEndpoint.class));
    }

    @Test
    void theEndpointIsThereWhenItMayOnlyRead() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.workers.access=READ_ONLY",
                        "management.endpoints.access.max-permitted=READ_ONLY")
                .run(context -> assertThat(context).hasSingleBean(WorkersEndpoint.class));
    }

    @Test
    void theEndpointIsNotThereWhenNoneIsPermitted() {
        runner.withPropertyValues(
                        "management.endpoints.web.exposure.include=*", "management.endpoints.access.max-permitted=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(WorkersEndpoint.class));
    }

    @Test
    void eventsOfTheFlightRecorderAreWrittenWhereThereIsOne() {
        ApplicationContextRunner recorded =
                runner.withConfiguration(AutoConfigurations.of(WorkersFlightRecorderAutoConfiguration.class));
        recorded.run(context -> assertThat(context).hasSingleBean(FlightRecorderListener.class));
        recorded.withClassLoader(new FilteredClassLoader("jdk.jfr"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("leakproofFlightRecorderListener"));
    }

    @Test
    void theEndpointMayBeReplaced() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=*")
                .withBean(
                        "mine",
                        WorkersEndpoint.class,
                        () -> new WorkersEndpoint(Owner.named("x").build(), () -> null, Show.ALWAYS, Set.of(), null))
                .run(context ->
                        assertThat(context).hasSingleBean(WorkersEndpoint.class).hasBean("mine"));
    }

    @Test
    void workersRunWithoutActuator() {
        runner.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class, HealthContributor.class))
                .withBean(
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .doesNotHaveBean("workersEndpoint")
                            .doesNotHaveBean("workersHealthContributor");
                    assertThat(context.getBean(Heartbeat.class).worker().path()).isEqualTo("app/ping");
                });
    }

    @Test
    void healthIsUpWhileAllWorkersAre() {
        runner.withBean(
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .run(context -> {
                    Health health =
                            context.getBean(WorkersHealthIndicator.class).health();
                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails()).hasToString("{workers={running=1}}");
                });
    }

    @Test
    void theToleranceOfHealthIsAPropertyAndNotNegative() {
        runner.withPropertyValues("management.health.workers.heartbeat-tolerance=-1s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("management.health.workers.heartbeat-tolerance")
                        .hasMessageContaining("write for instance 10s"));
        runner.withPropertyValues("management.health.workers.heartbeat-tolerance=1m")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void healthMayBeSwitchedOff() {
        runner.withPropertyValues("management.health.workers.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthContributor.class));
    }

    @Test
    void healthMayBeReplaced() {
        runner.withBean(
                        "workersHealthIndicator",
                        HealthIndicator.class,
                        () -> () -> Health.up().build())
                .run(context -> assertThat(context).doesNotHaveBean(WorkersHealthIndicator.class));
    }

    @Test
    void anAnnotatedMethodMayBeCalledInANativeImage() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, Relay.class);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Relay.class.getDeclaredMethod("relay")))
                .accepts(hints);
    }

    static class Relay {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "1h")
        void relay() {}
    }
}
