package dev.leakproof.spring.autoconfigure;

import dev.leakproof.census.SuspectWatch;
import dev.leakproof.census.ThreadCreators;
import dev.leakproof.census.ThreadOwners;
import dev.leakproof.spring.census.BeanThreads;
import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.census.ServiceCensus;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;

/** Auto-configuration for the census: whose all threads of the service are. Its sweep is part of the housekeeping. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
@ConditionalOnBooleanProperty(name = "leakproof.census.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LeakproofProperties.class)
public final class CensusAutoConfiguration {

    CensusAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanThreads leakproofBeanThreads() {
        return new BeanThreads();
    }

    @Bean
    @Lazy // no census is taken while the application starts
    @ConditionalOnMissingBean
    ServiceCensus leakproofServiceCensus(BeanThreads leakproofBeanThreads, ObjectProvider<ThreadOwners> owners) {
        List<ThreadOwners> more = new ArrayList<>(owners.orderedStream().toList());
        more.remove(leakproofBeanThreads);
        return new ServiceCensus(leakproofBeanThreads, more);
    }

    @Bean
    @ConditionalOnBooleanProperty("leakproof.census.creators")
    ThreadCreators leakproofThreadCreators() {
        return new ThreadCreators();
    }

    @Bean
    @Lazy
    @ConditionalOnMissingBean
    CensusSweep leakproofCensusSweep(
            ServiceCensus leakproofServiceCensus,
            LeakproofProperties properties,
            ObjectProvider<ThreadCreators> creators) {
        return new CensusSweep(
                leakproofServiceCensus,
                new SuspectWatch(
                        leakproofServiceCensus.threads(), properties.getCensus().getSuspectAfter()),
                properties.getCensus().getUnownedAfter(),
                creators.getIfAvailable());
    }
}
