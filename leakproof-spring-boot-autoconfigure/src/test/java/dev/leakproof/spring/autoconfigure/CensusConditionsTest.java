package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import dev.leakproof.spring.actuate.ThreadsEndpoint;
import dev.leakproof.spring.actuate.ThreadsHealthIndicator;
import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.census.ServiceCensus;
import dev.leakproof.spring.metrics.ThreadsMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When there is a census, and what comes of it. */
class CensusConditionsTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false", "management.endpoints.web.exposure.include=*")
            .withBean(SimpleMeterRegistry.class)
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    CensusAutoConfiguration.class,
                    OwnBeansAutoConfiguration.class,
                    ThreadsEndpointAutoConfiguration.class,
                    ThreadsHealthContributorAutoConfiguration.class,
                    ThreadsMetricsAutoConfiguration.class));

    @Test
    void allAutoConfigurationsAreRegistered() {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(
                        CensusAutoConfiguration.class.getName(),
                        ThreadsEndpointAutoConfiguration.class.getName(),
                        ThreadsHealthContributorAutoConfiguration.class.getName(),
                        ThreadsMetricsAutoConfiguration.class.getName());
    }

    @Test
    void thereIsACensusByDefault() {
        runner.run(context -> {
            assertThat(context)
                    .hasSingleBean(CensusSweep.class)
                    .hasSingleBean(ThreadsEndpoint.class)
                    .hasSingleBean(ThreadsHealthIndicator.class)
                    .hasSingleBean(ThreadsMetrics.class);
            assertThat(context.getBean("leakproofRoot", Owner.class).find("app/leakproof/housekeeping"))
                    .isPresent();
        });
    }

    @Test
    void aStartMakesNoCensusAndTheFirstRoundDoes() {
        ApplicationContextRunner alone = new ApplicationContextRunner()
                .withPropertyValues("leakproof.keep-alive=false")
                .withConfiguration(AutoConfigurations.of(
                        LeakproofAutoConfiguration.class,
                        CensusAutoConfiguration.class,
                        OwnBeansAutoConfiguration.class));
        alone.withPropertyValues("leakproof.census.every=1h").run(context -> {
            assertThat(isMade(context, ServiceCensus.class)).isFalse();
            assertThat(isMade(context, CensusSweep.class)).isFalse();
        });
        alone.withPropertyValues("leakproof.census.every=50ms")
                .run(context -> await().until(() -> isMade(context, CensusSweep.class)));
    }

    private static boolean isMade(AssertableApplicationContext context, Class<?> type) {
        String[] names = context.getBeanNamesForType(type, true, false);
        assertThat(names).hasSize(1);
        return context.getBeanFactory().containsSingleton(names[0]);
    }

    @Test
    void thereIsNothingOfItWhenSwitchedOff() {
        runner.withPropertyValues("leakproof.census.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(CensusSweep.class)
                        .doesNotHaveBean(ThreadsEndpoint.class)
                        .doesNotHaveBean(ThreadsHealthIndicator.class)
                        .doesNotHaveBean(ThreadsMetrics.class));
    }

    record Asking(ObjectProvider<Heartbeat> heartbeats) {}

    @Test
    void itsHeartbeatIsNoCandidateForInjection() {
        runner.withBean(Asking.class)
                .run(context -> assertThat(
                                context.getBean(Asking.class).heartbeats().getIfAvailable())
                        .isNull());
    }

    @Test
    void theEndpointIsThereOnlyWhenExposed() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).doesNotHaveBean(ThreadsEndpoint.class));
        runner.withPropertyValues("management.endpoint.threads.access=NONE")
                .run(context -> assertThat(context).doesNotHaveBean(ThreadsEndpoint.class));
    }

    @Test
    void healthMayBeSwitchedOff() {
        runner.withPropertyValues("management.health.threads.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HealthContributor.class));
    }

    @Test
    void thereIsACensusWithoutActuatorAndHikari() {
        runner.withClassLoader(new FilteredClassLoader(
                        ConditionalOnAvailableEndpoint.class,
                        HealthContributor.class,
                        com.zaxxer.hikari.HikariDataSource.class))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(CensusSweep.class)
                        .doesNotHaveBean("threadsEndpoint"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"every=0s", "every=1ms", "unowned-after=0s", "suspect-after=-1s"})
    void wrongValuesFailAndSayWhatToWrite(String property) {
        runner.withPropertyValues("leakproof.census." + property)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("leakproof.census." + property.split("=")[0])
                        .hasMessageContaining("write for instance"));
    }
}
