package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.context.ManagedBeans;
import dev.leakproof.spring.metrics.UntimedRuns;
import dev.leakproof.spring.observation.ObservedRuns;
import dev.leakproof.spring.observation.WorkerRunConvention;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Auto-configuration for runs as observations. */
@AutoConfiguration(
        after = LeakproofAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration"
        })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ObservationRegistry.class, ManagedBeans.class})
public final class WorkersObservationAutoConfiguration {

    WorkersObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ObservedRuns leakproofObservedRuns(
            ObservationRegistry registry,
            ManagedBeans leakproofManagedBeans,
            ObjectProvider<WorkerRunConvention> convention) {
        return new ObservedRuns(registry, leakproofManagedBeans, convention.getIfUnique());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterObservationHandler.class)
    static class MeterConfiguration {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        UntimedRuns leakproofUntimedRuns() {
            return new UntimedRuns();
        }
    }
}
