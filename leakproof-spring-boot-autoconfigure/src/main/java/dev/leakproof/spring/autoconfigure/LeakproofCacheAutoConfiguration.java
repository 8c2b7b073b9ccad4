package dev.leakproof.spring.autoconfigure;

import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.beans.CaffeineNotice;
import dev.leakproof.spring.beans.EvictingCacheManager;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Auto-configuration for Spring's caches: on top of the tree's, if wanted; otherwise a word on what has changed. */
@AutoConfiguration(
        after = DeclaredBeansAutoConfiguration.class,
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
public final class LeakproofCacheAutoConfiguration {

    LeakproofCacheAutoConfiguration() {}

    @Bean
    @ConditionalOnBooleanProperty("leakproof.cache-manager.enabled")
    @ConditionalOnMissingBean(CacheManager.class)
    EvictingCacheManager cacheManager(ObjectProvider<EvictingCache<?, ?>> caches) {
        return new EvictingCacheManager(caches::orderedStream);
    }

    @Bean
    static CaffeineNotice leakproofCaffeineNotice(
            ConfigurableListableBeanFactory beanFactory, Environment environment) {
        return new CaffeineNotice(beanFactory, environment);
    }
}
