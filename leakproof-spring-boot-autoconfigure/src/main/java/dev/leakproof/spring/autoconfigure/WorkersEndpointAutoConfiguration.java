package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.actuate.WorkersEndpoint;
import dev.leakproof.spring.beans.NodeHistory;
import dev.leakproof.spring.context.ManagedTree;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the {@link WorkersEndpoint}. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(WorkersEndpoint.class)
@EnableConfigurationProperties(WorkersEndpointProperties.class)
public final class WorkersEndpointAutoConfiguration {

    WorkersEndpointAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT) // a parent's endpoint shows the parent's tree
    WorkersEndpoint workersEndpoint(
            ManagedTree leakproofTree, WorkersEndpointProperties properties, ObjectProvider<NodeHistory> history) {
        return new WorkersEndpoint(
                leakproofTree.root(),
                leakproofTree::budget,
                properties.getShowValues(),
                properties.getRoles(),
                history.getIfAvailable());
    }
}
