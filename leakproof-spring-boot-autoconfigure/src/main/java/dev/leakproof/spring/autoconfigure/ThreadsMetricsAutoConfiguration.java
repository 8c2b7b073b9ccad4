package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.metrics.ThreadsMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link ThreadsMetrics}. */
@AutoConfiguration(
        after = CensusAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class ThreadsMetricsAutoConfiguration {

    ThreadsMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(CensusSweep.class)
    @ConditionalOnMissingBean
    ThreadsMetrics threadsMetrics(CensusSweep sweep) {
        return new ThreadsMetrics(sweep);
    }
}
