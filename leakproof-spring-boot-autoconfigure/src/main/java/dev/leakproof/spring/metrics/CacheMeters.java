package dev.leakproof.spring.metrics;

import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;

/** Micrometer's own meters for each cache that is a bean. */
final class CacheMeters extends BeanMeters<EvictingCache<?, ?>> {

    /** Tells these from other meters of a cache of that name. */
    private static final Tags OURS = Tags.of("cache.manager", "leakproof");

    CacheMeters(MeterRegistry registry, ManagedBeans beans) {
        super(registry, beans, EvictingCache.class, "cache.");
    }

    @Override
    Tags tags(String id) {
        return OURS.and("cache", id);
    }

    @Override
    void bind(EvictingCache<?, ?> cache, Tags tags, MeterRegistry registry) {
        if (cache.caffeine().policy().isRecordingStats()) {
            new CaffeineCacheMetrics<>(cache.caffeine(), cache.worker().id(), OURS).bindTo(registry);
        } else {
            // Micrometer would bind no more, and warn of what was asked for.
            Gauge.builder("cache.size", cache, EvictingCache::size)
                    .tags(tags)
                    .description("Entries in this cache")
                    .register(registry);
        }
    }
}
