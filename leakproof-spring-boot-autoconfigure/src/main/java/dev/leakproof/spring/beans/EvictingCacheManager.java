package dev.leakproof.spring.beans;

import dev.leakproof.cache.EvictingCache;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * The {@link EvictingCache} beans of an application, each under its name, for {@code @Cacheable}. It makes no further ones.
 *
 * <p>Safe for use by many threads.
 */
public final class EvictingCacheManager implements CacheManager {

    private final Supplier<Stream<EvictingCache<?, ?>>> caches;
    private final Map<String, Cache> views = new ConcurrentHashMap<>();

    /** Creates a manager of {@code caches}, which it asks for when one is wanted that it has not seen. */
    public EvictingCacheManager(Supplier<Stream<EvictingCache<?, ?>>> caches) {
        this.caches = caches;
    }

    @Override
    public @Nullable Cache getCache(String name) {
        Cache known = views.get(name);
        if (known == null) {
            caches.get().forEach(cache -> views.computeIfAbsent(cache.name(), ignored -> view(cache)));
            known = views.get(name);
        }
        return known;
    }

    @Override
    public Collection<String> getCacheNames() {
        return caches.get().map(EvictingCache::name).collect(Collectors.toUnmodifiableSet());
    }

    /** Which keys and values a cache has is for its users to agree upon, as with any cache of Spring's. */
    @SuppressWarnings("unchecked")
    private static Cache view(EvictingCache<?, ?> cache) {
        return new EvictingCacheView((EvictingCache<Object, Object>) cache);
    }
}
