package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.beans.EndedNode;
import dev.leakproof.spring.beans.Housekeeping;
import dev.leakproof.spring.beans.NodeHistory;
import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.context.ManagedTree;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** Auto-configuration for what leakproof itself has in the tree, below {@code <root>/leakproof}. */
@AutoConfiguration(after = {LeakproofAutoConfiguration.class, CensusAutoConfiguration.class})
@ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
@EnableConfigurationProperties(LeakproofProperties.class)
public final class OwnBeansAutoConfiguration {

    private static final String HISTORY = "leakproofHistory";

    OwnBeansAutoConfiguration() {}

    @Bean(defaultCandidate = false, destroyMethod = "")
    Heartbeat leakproofHousekeeping(
            @Qualifier(LeakproofAutoConfiguration.ROOT_BEAN_NAME) Owner root,
            ObjectProvider<CensusSweep> census,
            LeakproofProperties properties) {
        return new Housekeeping(root, census).heartbeat(properties.getCensus().getEvery());
    }

    @Bean(name = HISTORY, defaultCandidate = false, destroyMethod = "")
    EvictingCache<Long, EndedNode> leakproofHistory(LeakproofProperties properties) {
        return NodeHistory.cache(properties.getHistory().getExpireAfterWrite());
    }

    @Bean
    @Lazy(false) // it has to listen from the start
    NodeHistory leakproofNodeHistory(
            ManagedTree leakproofTree,
            @Qualifier(HISTORY) EvictingCache<Long, EndedNode> history,
            LeakproofProperties properties) {
        NodeHistory ended = new NodeHistory(
                leakproofTree.root(), history, properties.getHistory().getMaximumSize());
        leakproofTree.beforeLastStop(ended::end);
        return ended;
    }
}
