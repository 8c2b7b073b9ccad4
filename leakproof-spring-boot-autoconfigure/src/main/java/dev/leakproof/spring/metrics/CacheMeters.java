package dev.leakproof.spring.metrics;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.TreeListener;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.cache.CaffeineCacheMetrics;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Binds Micrometer's own cache meters to each cache that is a bean, tagged by its id. With a cache go its meters. */
final class CacheMeters implements TreeListener {

    /** Tells these from other meters of a cache of that name. */
    private static final Tags OURS = Tags.of("cache.manager", "leakproof");

    private final MeterRegistry registry;
    private final ManagedBeans beans;
    private final Set<String> bound = ConcurrentHashMap.newKeySet();

    CacheMeters(MeterRegistry registry, ManagedBeans beans) {
        this.registry = registry;
        this.beans = beans;
    }

    @Override
    public void started(NodeSnapshot node) {
        if (node.kind() == NodeKind.CACHE
                && beans.find(node.id()).orElse(null) instanceof EvictingCache<?, ?> cache
                && bound.add(node.id())) {
            new CaffeineCacheMetrics<>(cache.caffeine(), node.id(), OURS).bindTo(registry);
        }
    }

    @Override
    public void detached(NodeSnapshot node) {
        if (beans.find(node.id()).isEmpty() && bound.remove(node.id())) {
            Tags tags = OURS.and("cache", node.id());
            registry.getMeters().stream()
                    .map(Meter::getId)
                    .filter(id -> id.getName().startsWith("cache.")
                            && id.getTags().containsAll(tags.stream().toList()))
                    .forEach(registry::remove);
        }
    }
}
