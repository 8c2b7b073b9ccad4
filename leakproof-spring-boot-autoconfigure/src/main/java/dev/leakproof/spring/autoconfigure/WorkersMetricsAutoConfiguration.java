package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Owner;
import dev.leakproof.spring.context.ManagedBeans;
import dev.leakproof.spring.metrics.WorkersMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link WorkersMetrics}. */
@AutoConfiguration(
        after = LeakproofAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class WorkersMetricsAutoConfiguration {

    WorkersMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
    @ConditionalOnMissingBean
    WorkersMetrics workersMetrics(
            @Qualifier(LeakproofAutoConfiguration.ROOT_BEAN_NAME) Owner root, ManagedBeans leakproofManagedBeans) {
        return new WorkersMetrics(root, leakproofManagedBeans);
    }
}
