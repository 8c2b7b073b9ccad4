package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Heartbeat;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.autoconfigure.DeclaredBeansProperties.CacheSpec;
import dev.leakproof.spring.autoconfigure.DeclaredBeansProperties.HeartbeatSpec;
import dev.leakproof.spring.beans.HttpPing;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Makes the beans that {@link DeclaredBeansRegistrar} has registered, each by its name. */
final class DeclaredBeans {

    static final String HEARTBEATS = "leakproof.heartbeats";
    static final String CACHES = "leakproof.caches";

    private final DeclaredBeansProperties properties;

    DeclaredBeans(DeclaredBeansProperties properties) {
        this.properties = properties;
    }

    Heartbeat heartbeat(String name) {
        HeartbeatSpec spec = specOf(HEARTBEATS, name, properties.getHeartbeats());
        URI url = Objects.requireNonNull(spec.url());
        return legal(
                HEARTBEATS,
                name,
                () -> Heartbeat.named(name)
                        .createdAt(HEARTBEATS + "." + name)
                        .every(spec.every())
                        .timeout(spec.timeout())
                        .failureThreshold(spec.failureThreshold())
                        .beat(new HttpPing(url, spec.timeout())));
    }

    <K, V> EvictingCache<K, V> cache(String name) {
        CacheSpec spec = specOf(CACHES, name, properties.getCaches());
        return legal(CACHES, name, () -> {
            EvictingCache.Builder<K, V> cache = EvictingCache.<K, V>named(name).createdAt(CACHES + "." + name);
            if (spec.expireAfterWrite() != null) {
                cache.expireAfterWrite(spec.expireAfterWrite());
            }
            if (spec.expireAfterAccess() != null) {
                cache.expireAfterAccess(spec.expireAfterAccess());
            }
            if (spec.maximumSize() != null) {
                cache.maximumSize(spec.maximumSize());
            }
            return cache.build();
        });
    }

    /** Where beans were determined at build time, its properties may be gone since. */
    private static <S> S specOf(String prefix, String name, Map<String, S> specs) {
        S spec = specs.get(name);
        if (spec == null) {
            throw new InvalidWorkerException(
                    "There are no properties under " + prefix + "." + name
                            + ", but there were when the application was processed ahead of time.",
                    "Set them again, or process the application again without them.");
        }
        return spec;
    }

    private static <T> T legal(String prefix, String name, Supplier<T> building) {
        try {
            return building.get();
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    prefix + "." + name + " cannot be made: " + ex.getMessage(),
                    "Change the name or the property that the message speaks of.",
                    ex);
        }
    }
}
