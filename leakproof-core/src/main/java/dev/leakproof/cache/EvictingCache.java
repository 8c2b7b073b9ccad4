package dev.leakproof.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalListener;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.leakproof.CoarseClock;
import dev.leakproof.Managed;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeState;
import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Caffeine cache whose entries leave when they are due, even if nobody comes to look: an owned tick sees to it.
 *
 * <p><b>Promptness.</b> Once {@linkplain dev.leakproof.Owner#start started}, an expired entry is gone, and the removal
 * listener told, within one tick, or within the tick and the slack of the tree's ticker where that is longer than 10 ms;
 * also where each entry has an expiry of its own, which only {@link Builder#customize} can set. (If that sets a ticker as
 * well, such entries take up to 1.1 seconds more, because Caffeine sorts them no finer.) The tick rests while nothing can
 * expire; with {@code expireAfterWrite} alone it sleeps until the oldest entry is due.
 *
 * <p><b>Nothing is wrapped away.</b> {@link #caffeine()} is the cache itself; entries that are put there leave as
 * promptly. {@link Builder#customize} reaches every policy.
 *
 * <p><b>The removal listener</b> is called on the thread of the tick, one removal after the other, with no lock held.
 * It may block, which holds up the listener and the tick of this cache but no one else. What it throws is logged. Before
 * the cache is started and after it was stopped, it is called on the common pool, as Caffeine does.
 *
 * <p><b>Before its first use</b> it is nothing but its settings: the cache is made then, by whoever comes first, unless
 * {@link Builder#customize} was called. <b>Before its start</b> it is a plain Caffeine cache. <b>When it stops</b> its
 * entries are removed, with the cause {@code EXPLICIT}; the listener is told of them on a stop thread of the tree and
 * should be quick; their number is logged, and shown as {@code released} in the details of its node. <b>A stopped
 * cache</b> forgets at once: {@link #get} computes and does not store, {@link #put} does nothing, so that work that is
 * finishing can go on. Only {@link #caffeine()} still stores what it is given. Started again it is as new.
 *
 * <p>Time is {@link System#nanoTime()}, as exact as {@link Builder#exactClock} says, unless {@link Builder#customize} sets
 * another ticker.
 *
 * <p>Safe for use by many threads. Neither keys nor values may be null.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class EvictingCache<K, V> implements Managed, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EvictingCache.class);

    /** Under steady writes the next maintenance comes anyhow. */
    private static final int MOST_MAINTENANCE = 100;

    private final ManagedWorker worker;
    private final Limits limits;
    private final TickTrigger tick;
    private final CoarseClock clock;
    private final @Nullable Notices<K, V> notices;

    /** Made for its first use: the classes of Caffeine are much to load for an application that starts. */
    private volatile @Nullable Cache<K, V> cache;

    /** Set before the cache is. */
    private @Nullable Sweep<K, V> sweep;

    private final Object making = new Object();
    private volatile long released = -1;
    private volatile boolean closedUnstarted;

    private EvictingCache(Builder<K, V> builder) {
        this.limits = builder.limits();
        this.tick = new TickTrigger(builder.tickLength(), this::reschedule);
        RemovalListener<? super K, ? super V> listener = builder.removalListener;
        this.notices = listener == null ? null : new Notices<>(builder.name, listener, this::wakeForNotices);
        this.clock = new CoarseClock(builder.exactClock ? null : this);
        this.worker = builder.node
                .kind(NodeKind.CACHE)
                .stopMode(StopMode.FINISH)
                .trigger(tick)
                .details(this::details)
                .onStop(this::release)
                .run(this::look);
    }

    /**
     * Begins to build a cache.
     *
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @return a builder, to be ended with {@link Builder#build}
     * @throws IllegalArgumentException if the name is not legal
     */
    public static <K, V> Builder<K, V> named(String name) {
        return new Builder<>(name, ManagedWorker.named(name));
    }

    /**
     * Returns the value of a key, computed by {@code loader} if it is not there.
     *
     * <p>As in Caffeine, one loader runs at a time for one key, others wait for it, and it must not touch this cache.
     * What it throws comes out here and stores nothing.
     *
     * @param key the key
     * @param loader computes the value, never null; on the calling thread
     * @return the value
     * @throws NullPointerException if {@code loader} returned null
     */
    public V get(K key, Function<? super K, ? extends V> loader) {
        V value;
        if (isStopped()) {
            value = loader.apply(key);
        } else {
            value = caffeine().get(key, loader);
            forgetIfStopped(key);
        }
        return Objects.requireNonNull(
                value,
                () -> "The loader of the cache '" + name() + "' returned null; to remember that there is nothing,"
                        + " cache Optionals");
    }

    /** Returns the value of a key, or null if it is not there. */
    public @Nullable V getIfPresent(K key) {
        return caffeine().getIfPresent(key);
    }

    /** Stores a value in place of that of the same key, if any; does nothing in a stopped cache. */
    public void put(K key, V value) {
        if (!isStopped()) {
            caffeine().put(key, value);
            forgetIfStopped(key);
        }
    }

    /** Removes a key, if it is there. */
    public void invalidate(K key) {
        Cache<K, V> made = cache;
        if (made != null) {
            made.invalidate(key);
        }
    }

    /** Removes everything. */
    public void invalidateAll() {
        Cache<K, V> made = cache;
        if (made != null) {
            made.invalidateAll();
        }
    }

    /** Returns about how many entries there are. */
    public long size() {
        Cache<K, V> made = cache;
        return made == null ? 0 : made.estimatedSize();
    }

    /** Returns the counts of hits, misses, loads and evictions since the cache was built: zeros if it does not count. */
    public CacheStats stats() {
        Cache<K, V> made = cache;
        return made == null ? CacheStats.empty() : made.stats();
    }

    /** Returns the cache itself, for all that Caffeine can do. */
    public Cache<K, V> caffeine() {
        Cache<K, V> made = cache;
        return made == null ? make(limits.caffeine()) : made;
    }

    /** Returns the last part of its path. */
    public String name() {
        return worker.name();
    }

    @Override
    public ManagedWorker worker() {
        return worker;
    }

    /** Stops it within its stop timeout and removes its entries. It may be started again. */
    @Override
    public void close() {
        boolean unstarted = isUnstarted();
        worker.close();
        if (unstarted && isUnstarted()) {
            closedUnstarted = true;
            release();
        }
    }

    @Override
    public String toString() {
        return worker.toString();
    }

    // The tick

    private void look(WorkerContext ctx) {
        Duration wait = tick.length();
        tick.begin(); // before it looks if there is anything: whoever puts something first then asks for another look
        Sweep<K, V> ours = cache == null ? null : sweep;
        clock.refresh();
        try {
            wait = ours == null ? null : ours.run(ctx);
            if (notices != null) {
                notices.tell(ctx::isCancelled);
            }
        } finally {
            tick.plan(wait);
        }
    }

    private void reschedule() {
        worker.reschedule();
    }

    /** Not on the calling thread, which may be Caffeine's with its lock held. */
    private void wakeForNotices() {
        if (worker.state().isLive()) {
            tick.askAtOnce();
        } else {
            ForkJoinPool.commonPool().execute(this::tellAll);
        }
    }

    private void tellAll() {
        if (notices != null) {
            notices.tell(() -> false);
        }
    }

    // Its end

    private boolean isUnstarted() {
        return worker.state() == NodeState.NEW;
    }

    private boolean isStopped() {
        return switch (worker.state()) {
            case STARTING, RUNNING -> false;
            case NEW -> closedUnstarted;
            default -> true;
        };
    }

    /** What was stored while it was being emptied would stay. */
    private void forgetIfStopped(K key) {
        if (isStopped()) {
            invalidate(key);
        }
    }

    private void release() {
        clock.rest();
        long entries = size();
        invalidateAll();
        released = entries;
        tellAll();
        if (entries > 0) {
            log.info("The {} has stopped and removed its {} entries", this, entries);
        }
    }

    private Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("size", size());
        if (isCounting()) {
            CacheStats stats = stats();
            details.put("hits", stats.hitCount());
            details.put("misses", stats.missCount());
            details.put("evictions", stats.evictionCount());
        }
        if (released >= 0) {
            details.put("released", released);
        }
        return details;
    }

    private boolean isCounting() {
        Cache<K, V> made = cache;
        return made == null ? limits.statistics() : made.policy().isRecordingStats();
    }

    // What is behind it

    private Cache<K, V> make(Caffeine<Object, Object> caffeine) {
        synchronized (making) {
            Cache<K, V> made = cache;
            if (made == null) {
                boolean ours = setClock(caffeine);
                made = build(caffeine);
                sweep = new Sweep<>(made, tick.length(), ours ? clock : null);
                cache = made;
            }
            return made;
        }
    }

    /**
     * Does Caffeine's maintenance. What is put meanwhile asks for more, which Caffeine does at once only if it has the
     * common pool itself; where nothing expires there is no tick that would do it later.
     */
    private void maintain(Runnable maintenance) {
        maintenance.run();
        Cache<K, V> full = caffeine();
        for (int more = 0; more < MOST_MAINTENANCE && isOverfull(full); more++) {
            full.cleanUp();
        }
    }

    private static boolean isOverfull(Cache<?, ?> cache) {
        return cache.policy()
                .eviction()
                .filter(bound -> bound.weightedSize().orElse(cache.estimatedSize()) > bound.getMaximum())
                .isPresent();
    }

    /** Returns whether it could be set: not if the user has set another, which Caffeine has no other way to tell. */
    private boolean setClock(Caffeine<Object, Object> caffeine) {
        try {
            caffeine.ticker(clock::getAsLong);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private Cache<K, V> build(Caffeine<Object, Object> caffeine) {
        // Asked by Caffeine for a clean-up whenever there is something to expire: this is how it says that the first
        // entry has come, whoever put it. The future is done, so that it asks again rather than rely on the first.
        caffeine.scheduler((executor, command, delay, unit) -> {
            Sweep<K, V> ours = sweep;
            if (ours == null || !ours.isOnThisThread()) {
                tick.ask();
            }
            return CompletableFuture.completedFuture(null);
        });
        // Maintenance, which is a ForkJoinTask, goes to the common pool as ever: done by callers, a third of their
        // speed is lost. Removals are only put down for later, which is done here and now so that none is missed.
        caffeine.executor(task -> {
            if (task instanceof ForkJoinTask<?>) {
                ForkJoinPool.commonPool().execute(() -> maintain(task));
            } else {
                task.run();
            }
        });
        return notices == null
                ? caffeine.build()
                : caffeine.<K, V>removalListener(notices).build();
    }

    /**
     * Builds an {@link EvictingCache}. Not for use by many threads.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public static final class Builder<K, V> {

        private static final Duration LONG_EXPIRY = Duration.ofSeconds(10);
        private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
        private static final Duration SHORTEST_TICK = Duration.ofMillis(100);

        private final String name;
        private final ManagedWorker.Builder node;
        private @Nullable Duration expireAfterWrite;
        private @Nullable Duration expireAfterAccess;
        private @Nullable Duration tick;
        private long maximumSize = -1;
        private boolean exactClock;
        private boolean statistics = true;
        private @Nullable RemovalListener<? super K, ? super V> removalListener;
        private @Nullable Consumer<? super Caffeine<Object, Object>> customizer;
        private boolean spent;

        private Builder(String name, ManagedWorker.Builder node) {
            this.name = name;
            this.node = node;
        }

        /** Has an entry leave that long after it was last written. By default age does not matter. */
        public Builder<K, V> expireAfterWrite(Duration age) {
            this.expireAfterWrite = positive("expireAfterWrite", age, "5m");
            return this;
        }

        /** Has an entry leave that long after it was last read or written. By default idleness does not matter. */
        public Builder<K, V> expireAfterAccess(Duration idle) {
            this.expireAfterAccess = positive("expireAfterAccess", idle, "5m");
            return this;
        }

        /** Has the entries that are least likely to be used leave when there are more. By default there is no limit. */
        public Builder<K, V> maximumSize(long entries) {
            if (entries < 1) {
                throw new IllegalArgumentException(
                        what("maximumSize") + " must be at least 1, but was " + entries + ", use for instance 10000");
            }
            this.maximumSize = entries;
            return this;
        }

        /**
         * Sets the time between two looks, and so how late an entry may leave: up to a day. By default a tenth of the
         * shorter expiry, at least 100 ms and at most a second; a second where {@link #customize} sets the expiry.
         */
        public Builder<K, V> tick(Duration length) {
            this.tick = positive("tick", length, "1s");
            if (length.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(
                        what("tick") + " must be at most a day, but was " + length + ", use for instance 1s");
            }
            return this;
        }

        /**
         * Goes by {@link System#nanoTime()} at each read and write. By default, once they come by the thousand within
         * 10 ms, by a {@link CoarseClock}: that makes reads two to three times as fast, and has an entry come of age up
         * to 10 ms sooner or later.
         */
        public Builder<K, V> exactClock() {
            this.exactClock = true;
            return this;
        }

        /**
         * Has it not count hits, misses, loads and evictions, which makes reads and writes faster: its node and its meters
         * then show its size alone. By default it counts.
         */
        public Builder<K, V> withoutStatistics() {
            this.statistics = false;
            return this;
        }

        /** Sets who is told of each entry that leaves or is replaced, and why: see the class. By default nobody. */
        public Builder<K, V> removalListener(RemovalListener<? super K, ? super V> listener) {
            this.removalListener = Objects.requireNonNull(listener, what("removalListener") + " is null");
            return this;
        }

        /** Sets what names it in logs, metrics and properties. By default its name. */
        public Builder<K, V> id(String id) {
            node.id(id);
            return this;
        }

        /** Sets the line of code that is named as its origin. By default the line that called {@link #named}. */
        public Builder<K, V> createdAt(String createdAt) {
            node.createdAt(createdAt);
            return this;
        }

        /** Sets the owner that it asks for: a path below the root. By default the root. */
        public Builder<K, V> ownedBy(@Nullable String ownerPath) {
            node.ownedBy(ownerPath);
            return this;
        }

        /**
         * Reaches every other setting of Caffeine: a weigher, an expiry for each entry, weak keys, a ticker. Scheduler,
         * executor, removal listener and statistics are set here already.
         *
         * @param customizer called by {@link #build}, once, after the settings above have been made; never null
         */
        public Builder<K, V> customize(Consumer<? super Caffeine<Object, Object>> customizer) {
            this.customizer = Objects.requireNonNull(customizer, what("customize") + " is null");
            return this;
        }

        /**
         * Builds the cache. It has no tick before an {@link dev.leakproof.Owner} starts it.
         *
         * @return the cache
         * @throws IllegalArgumentException if nothing limits the age or number of its entries
         * @throws IllegalStateException if {@link #customize} sets what is set already, or if this has built one before
         */
        public EvictingCache<K, V> build() {
            if (spent) {
                // The node of a second one would stop with what stops the first.
                throw new IllegalStateException("This has built the cache '" + name
                        + "' already: begin with EvictingCache.named(...) for another");
            }
            spent = true;
            EvictingCache<K, V> built = new EvictingCache<>(this);
            if (!(customizer == null ? built.limits.isBounded() : isBounded(customized(built, customizer)))) {
                throw new IllegalArgumentException("Nothing ever leaves the cache '" + name
                        + "': set expireAfterWrite, expireAfterAccess or maximumSize, for instance"
                        + " .expireAfterWrite(Duration.ofMinutes(5))");
            }
            return built;
        }

        /** Now, so that what cannot be is told to who builds it. */
        private Policy<K, V> customized(
                EvictingCache<K, V> built, Consumer<? super Caffeine<Object, Object>> settings) {
            try {
                Caffeine<Object, Object> caffeine = built.limits.caffeine();
                settings.accept(caffeine);
                return built.make(caffeine).policy();
            } catch (IllegalStateException e) {
                throw new IllegalStateException(
                        "The cache '" + name + "' cannot be customized like that: " + e.getMessage()
                                + ". Scheduler, executor, removal listener and statistics are leakproof's to set",
                        e);
            }
        }

        private Limits limits() {
            return new Limits(expireAfterWrite, expireAfterAccess, maximumSize, statistics);
        }

        private static boolean isBounded(Policy<?, ?> policy) {
            return policy.expireAfterWrite().isPresent()
                    || policy.expireAfterAccess().isPresent()
                    || policy.expireVariably().isPresent()
                    || policy.eviction().isPresent();
        }

        private Duration tickLength() {
            if (tick != null) {
                return tick;
            }
            long nanos = LONGEST_TICK.toNanos();
            for (Duration expiry : new @Nullable Duration[] {expireAfterWrite, expireAfterAccess}) {
                // Not by dividing a Duration: that takes a BigDecimal, which has much to load at a start.
                if (expiry != null && expiry.compareTo(LONG_EXPIRY) < 0) {
                    nanos = Math.min(nanos, expiry.toNanos() / 10);
                }
            }
            return Duration.ofNanos(Math.max(nanos, SHORTEST_TICK.toNanos()));
        }

        private Duration positive(String setting, @Nullable Duration value, String example) {
            if (value == null || value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(what(setting) + " must be longer than zero, but was "
                        + (value == null ? "null" : value.isZero() ? "0s" : value) + ", use for instance " + example);
            }
            return value;
        }

        private String what(String setting) {
            return "'" + setting + "' of '" + name + "'";
        }
    }
}
