package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Owner;
import dev.leakproof.spring.actuate.WorkersHealthIndicator;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link WorkersHealthIndicator}. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("workers")
@EnableConfigurationProperties(WorkersHealthProperties.class)
public final class WorkersHealthContributorAutoConfiguration {

    WorkersHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
    @ConditionalOnMissingBean(name = {"workersHealthIndicator", "workersHealthContributor"})
    HealthContributor workersHealthContributor(
            @Qualifier(LeakproofAutoConfiguration.ROOT_BEAN_NAME) Owner root, WorkersHealthProperties properties) {
        return new WorkersHealthIndicator(root, properties.getHeartbeatTolerance());
    }
}
