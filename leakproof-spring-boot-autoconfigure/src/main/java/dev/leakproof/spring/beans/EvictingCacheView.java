package dev.leakproof.spring.beans;

import dev.leakproof.cache.EvictingCache;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.AbstractValueAdaptingCache;
import org.springframework.cache.support.SimpleValueWrapper;

/** An {@link EvictingCache} as Spring sees one. A null is stored as a value that stands for it. */
final class EvictingCacheView extends AbstractValueAdaptingCache {

    private final EvictingCache<Object, Object> cache;

    EvictingCacheView(EvictingCache<Object, Object> cache) {
        super(true);
        this.cache = cache;
    }

    @Override
    public String getName() {
        return cache.name();
    }

    @Override
    public Object getNativeCache() {
        return cache;
    }

    @Override
    protected @Nullable Object lookup(Object key) {
        return cache.getIfPresent(key);
    }

    @Override
    @SuppressWarnings("unchecked") // what is stored is what its reader has stored
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        try {
            return (T) fromStoreValue(cache.get(key, ignored -> load(loader)));
        } catch (CompletionException ex) {
            throw new ValueRetrievalException(key, loader, ex.getCause() == null ? ex : ex.getCause());
        }
    }

    private Object load(Callable<?> loader) {
        try {
            return toStoreValue(loader.call());
        } catch (Exception ex) {
            throw new CompletionException(ex);
        }
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        Object stored = lookup(key);
        return stored == null
                ? null
                : CompletableFuture.completedFuture(new SimpleValueWrapper(fromStoreValue(stored)));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        Object stored = lookup(key);
        if (stored != null) {
            return CompletableFuture.completedFuture((T) fromStoreValue(stored));
        }
        return loader.get().thenApply(value -> {
            put(key, value);
            return value;
        });
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        cache.put(key, toStoreValue(value));
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Object given = toStoreValue(value);
        Object[] loaded = new Object[1];
        Object stored = cache.get(key, ignored -> loaded[0] = given);
        return loaded[0] != null ? null : toValueWrapper(stored);
    }

    @Override
    public void evict(Object key) {
        cache.invalidate(key);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        return cache.caffeine().asMap().remove(key) != null;
    }

    @Override
    public void clear() {
        cache.invalidateAll();
    }

    @Override
    public boolean invalidate() {
        boolean notEmpty = !cache.caffeine().asMap().isEmpty();
        cache.invalidateAll();
        return notEmpty;
    }
}
