package dev.leakproof.spring.autoconfigure;

import dev.leakproof.census.ThreadCreators;
import dev.leakproof.spring.actuate.ThreadsEndpoint;
import dev.leakproof.spring.census.CensusSweep;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link ThreadsEndpoint}. */
@AutoConfiguration(after = CensusAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(ThreadsEndpoint.class)
@EnableConfigurationProperties(ThreadsEndpointProperties.class)
public final class ThreadsEndpointAutoConfiguration {

    ThreadsEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(CensusSweep.class)
    @ConditionalOnMissingBean
    ThreadsEndpoint threadsEndpoint(
            CensusSweep leakproofCensusSweep,
            ObjectProvider<ThreadCreators> creators,
            ThreadsEndpointProperties properties) {
        return new ThreadsEndpoint(
                leakproofCensusSweep.census(),
                leakproofCensusSweep,
                creators.getIfAvailable(),
                properties.getShowValues(),
                properties.getRoles());
    }
}
