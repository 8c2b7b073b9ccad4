package dev.leakproof.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What Spring's caching makes of the tree's caches.
 *
 * @param enabled Whether '@Cacheable' and its like use the EvictingCache beans of the application, by their names.
 */
@ConfigurationProperties("leakproof.cache-manager")
record CacheManagerProperties(@DefaultValue("false") boolean enabled) {}
