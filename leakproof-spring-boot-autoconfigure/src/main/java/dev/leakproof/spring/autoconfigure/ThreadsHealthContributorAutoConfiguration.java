package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.actuate.ThreadsHealthIndicator;
import dev.leakproof.spring.census.CensusSweep;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link ThreadsHealthIndicator}. */
@AutoConfiguration(after = CensusAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("threads")
public final class ThreadsHealthContributorAutoConfiguration {

    ThreadsHealthContributorAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(CensusSweep.class)
    @ConditionalOnMissingBean(name = {"threadsHealthIndicator", "threadsHealthContributor"})
    HealthContributor threadsHealthContributor(CensusSweep sweep) {
        return new ThreadsHealthIndicator(sweep);
    }
}
