package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.RemovalListener;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a user's removal listener is still to be told. Caffeine adds to it, maybe with its lock held; it is told
 * elsewhere, where a listener may take its time.
 */
final class Notices<K, V> implements RemovalListener<K, V> {

    private static final Logger log = LoggerFactory.getLogger(EvictingCache.class);

    private record Notice<K, V>(@Nullable K key, @Nullable V value, RemovalCause cause) {}

    private final String cacheName;
    private final RemovalListener<? super K, ? super V> listener;
    private final Runnable wake;
    private final Queue<Notice<K, V>> queue = new ConcurrentLinkedQueue<>();

    /** Whether somebody has been woken for what is in the queue and has not come yet. */
    private final AtomicBoolean awaited = new AtomicBoolean();

    /**
     * Makes an empty queue.
     *
     * @param wake called when there is something to tell, from within Caffeine; has {@link #tell} called soon
     */
    Notices(String cacheName, RemovalListener<? super K, ? super V> listener, Runnable wake) {
        this.cacheName = cacheName;
        this.listener = listener;
        this.wake = wake;
    }

    @Override
    public void onRemoval(@Nullable K key, @Nullable V value, RemovalCause cause) {
        queue.add(new Notice<>(key, value, cause));
        if (awaited.compareAndSet(false, true)) {
            wake.run();
        }
    }

    /** Tells the listener all there is, one after the other, until {@code enough}. */
    void tell(BooleanSupplier enough) {
        awaited.set(false);
        while (!enough.getAsBoolean()) {
            Notice<K, V> notice = queue.poll();
            if (notice == null) {
                return;
            }
            try {
                listener.onRemoval(notice.key, notice.value, notice.cause);
            } catch (Exception | LinkageError | AssertionError e) {
                log.warn("The removal listener of the cache '{}' failed ({})", cacheName, notice.cause, e);
            }
        }
    }
}
