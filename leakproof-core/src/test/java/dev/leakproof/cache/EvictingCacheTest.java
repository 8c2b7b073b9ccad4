package dev.leakproof.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.leakproof.ManualTime;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EvictingCacheTest {

    private static final Duration TICK = Duration.ofMillis(100);

    // Not about to overflow: Caffeine 3.2 compares some times without regard to that.
    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"), 0);
    private final Owner app = Owner.named("app").timeSource(time).build();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        app.close();
    }

    @Nested
    class Promptness {

        @Test
        void withoutTrafficEntriesLeaveWhenTheyAreDueAndTheTickRests() {
            EvictingCache<Integer, String> cache = started(manual("quotes").expireAfterWrite(Duration.ofSeconds(30)));
            assertThat(nextDue(cache)).isNull();
            for (int i = 0; i < 10_000; i++) {
                cache.put(i, "v");
            }
            awaitPlanned(cache);
            time.advance(TICK);
            awaitLooks(cache, 1);
            time.advance(Duration.ofSeconds(30));
            soon().until(() -> cache.size() == 0);
            soon().until(() -> nextDue(cache) == null);
            assertThat(cache.stats().evictionCount()).isEqualTo(10_000);
        }

        @Test
        void anEmptyCacheIsNeverLookedAfter() {
            EvictingCache<Integer, String> cache = started(manual("quotes").expireAfterWrite(Duration.ofSeconds(30)));
            time.advance(Duration.ofHours(1));
            assertThat(cache.getIfPresent(1)).isNull();
            time.advance(Duration.ofHours(1));
            assertThat(cache.worker().snapshot().runs().completed()).isZero();
            assertThat(nextDue(cache)).isNull();
        }

        @Test
        void afterTheFirstLookTheTickSleepsUntilTheOldestEntryIsDue() {
            EvictingCache<Integer, String> cache = started(manual("quotes").expireAfterWrite(Duration.ofMinutes(5)));
            Instant written = time.now();
            cache.put(1, "v");
            awaitPlanned(cache);
            time.advance(TICK);
            soon().untilAsserted(() -> assertThat(nextDue(cache))
                    .isCloseTo(written.plus(Duration.ofMinutes(5)), within(1, ChronoUnit.MILLIS)));
            assertThat(cache.size()).isEqualTo(1);
        }

        @Test
        void whatIsPutIntoTheNativeCacheLeavesAsPromptly() {
            EvictingCache<Integer, String> cache = started(manual("quotes").expireAfterWrite(Duration.ofSeconds(1)));
            cache.caffeine().put(1, "v");
            awaitPlanned(cache);
            time.advance(Duration.ofSeconds(2));
            soon().until(() -> cache.size() == 0);
        }

        @Test
        void idleEntriesLeaveAndThoseInUseStay() {
            EvictingCache<Integer, String> cache = started(manual("quotes").expireAfterAccess(Duration.ofSeconds(10)));
            cache.put(1, "idle");
            cache.put(2, "used");
            awaitPlanned(cache);
            time.advance(Duration.ofSeconds(6));
            awaitLooks(cache, 1);
            assertThat(cache.getIfPresent(2)).isEqualTo("used");
            time.advance(Duration.ofSeconds(5));
            soon().until(() -> cache.size() == 1);
            assertThat(cache.getIfPresent(2)).isEqualTo("used");
        }

        /** The first that was written is then not the first that is due. */
        @Test
        void idleEntriesLeaveInTimeAlsoWhereAgeCountsToo() {
            EvictingCache<Integer, String> cache = manual("quotes")
                    .expireAfterWrite(Duration.ofHours(1))
                    .expireAfterAccess(Duration.ofSeconds(10))
                    .build();
            cache.put(1, "used");
            cache.put(2, "idle");
            time.advance(Duration.ofSeconds(6));
            assertThat(cache.getIfPresent(1)).isEqualTo("used");
            cache.caffeine().cleanUp();
            app.start();
            app.start(cache);
            awaitPlanned(cache);
            time.advance(TICK);
            awaitLooks(cache, 1);
            time.advance(Duration.ofSeconds(4));
            soon().until(() -> cache.size() == 1);
            assertThat(cache.getIfPresent(1)).isEqualTo("used");
        }

        /** The wheel that Caffeine keeps them in turns once in 1.07 seconds. */
        @Test
        void entriesWithAnExpiryOfTheirOwnLeaveWithTheNextTurnOfTheWheel() {
            EvictingCache<Integer, String> cache = started(EvictingCache.<Integer, String>named("quotes")
                    .tick(TICK)
                    .customize(caffeine -> caffeine.ticker(time::nanoTime)
                            .expireAfter(
                                    Expiry.creating((Object key, Object value) -> Duration.ofMillis((Integer) key)))));
            for (int millis = 100; millis <= 3_000; millis += 100) {
                cache.put(millis, "v");
            }
            awaitPlanned(cache);
            for (int now = 100; cache.size() > 0; now += 100) {
                long looks = cache.worker().snapshot().runs().completed();
                time.advance(TICK);
                awaitLooks(cache, looks + 1);
                int notYetLate = (3_000 - (now - 1_200)) / 100;
                assertThat(cache.size()).as("after %d ms", now).isLessThanOrEqualTo(Math.min(30, notYetLate));
            }
            soon().until(() -> nextDue(cache) == null);
            assertThat(cache.stats().evictionCount()).isEqualTo(30);
        }

        @Test
        void inRealTimeAllOfManyEntriesLeave() {
            Map<RemovalCause, Integer> causes = new java.util.concurrent.ConcurrentHashMap<>();
            try (Owner real = Owner.root("real")) {
                EvictingCache<Integer, String> cache = real.start(EvictingCache.<Integer, String>named("quotes")
                        .expireAfterWrite(Duration.ofMillis(300))
                        .tick(Duration.ofMillis(50))
                        .removalListener((key, value, cause) -> causes.merge(cause, 1, Integer::sum))
                        .build());
                for (int i = 0; i < 20_000; i++) {
                    cache.put(i, "v");
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> cache.size() == 0);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(causes).containsOnly(Map.entry(RemovalCause.EXPIRED, 20_000)));
            }
        }
    }

    @Nested
    class Listening {

        @Test
        void theListenerIsCalledOnTheThreadOfTheTickWithNoLockHeld() {
            AtomicReference<Thread> thread = new AtomicReference<>();
            AtomicBoolean lockFree = new AtomicBoolean();
            AtomicReference<EvictingCache<Integer, String>> self = new AtomicReference<>();
            self.set(started(manual("quotes")
                    .expireAfterWrite(Duration.ofSeconds(1))
                    .removalListener((key, value, cause) -> {
                        thread.set(Thread.currentThread());
                        CompletableFuture<Void> other = CompletableFuture.runAsync(
                                () -> self.get().caffeine().cleanUp());
                        lockFree.set(other.handle((ok, e) -> e == null)
                                .completeOnTimeout(false, 10, TimeUnit.SECONDS)
                                .join());
                        told.add(key + "=" + value + " " + cause);
                    })));
            self.get().put(1, "v");
            awaitPlanned(self.get());
            time.advance(Duration.ofSeconds(2));
            awaitTold("1=v EXPIRED");
            assertThat(thread.get().getName()).contains("app/quotes");
            assertThat(lockFree).isTrue();
        }

        @Test
        void itIsToldOfWhatIsReplacedAndInvalidatedAtOnce() {
            EvictingCache<Integer, String> cache = started(listening("quotes"));
            cache.put(1, "a");
            cache.put(1, "b");
            soon().until(() -> {
                time.advance(Duration.ofMillis(1));
                return told.size() == 1;
            });
            cache.invalidate(1);
            soon().until(() -> {
                time.advance(Duration.ofMillis(1));
                return told.size() == 2;
            });
            assertThat(told).containsExactly("1=a REPLACED", "1=b EXPLICIT");
        }

        @Test
        void oneThatThrowsIsToldTheRestAll() {
            EvictingCache<Integer, String> cache = started(
                    manual("quotes").expireAfterWrite(Duration.ofSeconds(1)).removalListener((key, value, cause) -> {
                        told.add(key + " " + cause);
                        throw new IllegalStateException("on purpose");
                    }));
            cache.put(1, "a");
            cache.put(2, "b");
            awaitPlanned(cache);
            time.advance(Duration.ofSeconds(2));
            soon().until(() -> told.size() == 2);
            assertThat(told).containsExactlyInAnyOrder("1 EXPIRED", "2 EXPIRED");
            assertThat(cache.worker().state()).isEqualTo(NodeState.RUNNING);
        }

        @Test
        void beforeTheStartItIsToldToo() {
            EvictingCache<Integer, String> cache = listening("quotes").build();
            cache.put(1, "a");
            cache.invalidate(1);
            awaitTold("1=a EXPLICIT");
        }
    }

    @Nested
    class Ends {

        @Test
        void whenItStopsItsEntriesAreRemovedAndToldAndCounted() {
            EvictingCache<Integer, String> cache = started(listening("quotes"));
            cache.put(1, "a");
            cache.put(2, "b");
            assertThat(app.stop().isClean()).isTrue();
            soon().until(() -> told.size() == 2);
            assertThat(told).containsExactlyInAnyOrder("1=a EXPLICIT", "2=b EXPLICIT");
            assertThat(cache.size()).isZero();
            soon().untilAsserted(() ->
                    assertThat(cache.worker().snapshot().details()).containsEntry("released", 2L));
        }

        @Test
        void whenStoppedItComputesAndStoresNothing() {
            EvictingCache<Integer, String> cache = started(listening("quotes"));
            app.stop();
            soon().until(() -> cache.worker().snapshot().details().containsKey("released"));
            assertThat(cache.get(1, key -> "computed")).isEqualTo("computed");
            cache.put(2, "b");
            assertThat(cache.getIfPresent(1)).isNull();
            assertThat(cache.getIfPresent(2)).isNull();
            assertThat(cache.size()).isZero();
        }

        @Test
        void startedAgainItIsAsNew() {
            EvictingCache<Integer, String> cache = started(listening("quotes"));
            cache.put(1, "a");
            for (int round = 0; round < 3; round++) {
                app.stop();
                soon().until(() -> cache.size() == 0);
                app.start();
                soon().until(() -> cache.worker().state() == NodeState.RUNNING);
                assertThat(cache.getIfPresent(1)).isNull();
                cache.put(1, "b");
                assertThat(cache.getIfPresent(1)).isEqualTo("b");
                awaitPlanned(cache);
                time.advance(Duration.ofSeconds(61));
                soon().until(() -> cache.size() == 0);
                cache.put(1, "c");
            }
        }

        @Test
        void whatIsPutDuringAStopDoesNotStay() throws Exception {
            for (int round = 0; round < 50; round++) {
                Owner owner = Owner.root("app");
                EvictingCache<Integer, String> cache = owner.start(EvictingCache.<Integer, String>named("quotes")
                        .maximumSize(1_000)
                        .build());
                AtomicBoolean enough = new AtomicBoolean();
                List<CompletableFuture<Void>> writers = java.util.stream.IntStream.range(0, 2)
                        .mapToObj(writer -> CompletableFuture.runAsync(() -> {
                            for (int i = 0; !enough.get(); i++) {
                                if (writer == 0) {
                                    cache.put(i % 100, "v");
                                } else {
                                    cache.get(i % 100, key -> "w");
                                }
                            }
                        }))
                        .toList();
                soon().until(() -> cache.size() > 0);
                owner.close();
                soon().until(() -> cache.worker().snapshot().details().containsKey("released"));
                enough.set(true);
                CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new))
                        .get(10, TimeUnit.SECONDS);
                assertThat(cache.caffeine().asMap()).isEmpty();
            }
        }

        @Test
        void closedBeforeItWasStartedItIsEmptyAndStoresNothing() {
            EvictingCache<Integer, String> cache = listening("quotes").build();
            cache.put(1, "a");
            cache.close();
            awaitTold("1=a EXPLICIT");
            cache.put(2, "b");
            assertThat(cache.size()).isZero();
            app.start();
            app.start(cache);
            cache.put(3, "c");
            assertThat(cache.getIfPresent(3)).isEqualTo("c");
        }
    }

    @Nested
    class Use {

        @Test
        void beforeItsStartItStoresAndAtItsStartTheTickBegins() {
            EvictingCache<Integer, String> cache =
                    manual("quotes").expireAfterWrite(Duration.ofSeconds(1)).build();
            cache.put(1, "early");
            assertThat(cache.getIfPresent(1)).isEqualTo("early");
            cache.caffeine().cleanUp();
            app.start();
            app.start(cache);
            awaitPlanned(cache);
            time.advance(Duration.ofSeconds(2));
            soon().until(() -> cache.size() == 0);
        }

        @Test
        void computesOnceAndCounts() {
            EvictingCache<Integer, String> cache = started(listening("quotes"));
            assertThat(cache.get(1, key -> "one")).isEqualTo("one");
            assertThat(cache.get(1, key -> "two")).isEqualTo("one");
            CacheStats stats = cache.stats();
            assertThat(stats.hitCount()).isEqualTo(1);
            assertThat(stats.missCount()).isEqualTo(1);
            NodeSnapshot snapshot = cache.worker().snapshot();
            assertThat(snapshot.kind()).isEqualTo(NodeKind.CACHE);
            assertThat(snapshot.details())
                    .containsEntry("size", 1L)
                    .containsEntry("hits", 1L)
                    .containsEntry("misses", 1L)
                    .containsEntry("evictions", 0L)
                    .doesNotContainKey("released");
            assertThat(snapshot.createdAt()).contains("EvictingCacheTest");
            assertThat(snapshot.schedule()).isEqualTo("every 100ms while entries expire");
            assertThat(cache).hasToString("cache 'app/quotes'");
        }

        @Test
        void whatNobodyHasUsedIsShownEmptyAndStopsAndStartsAgain() {
            EvictingCache<Integer, String> cache =
                    started(EvictingCache.<Integer, String>named("quotes").expireAfterWrite(Duration.ofMinutes(1)));
            assertThat(cache.size()).isZero();
            assertThat(cache.stats()).isEqualTo(CacheStats.empty());
            cache.invalidate(1);
            cache.invalidateAll();
            Map<String, Object> counts = Map.of("size", 0L, "hits", 0L, "misses", 0L, "evictions", 0L);
            assertThat(cache.worker().snapshot().details()).isEqualTo(counts);
            assertThat(app.stop().isClean()).isTrue();
            soon().untilAsserted(() ->
                    assertThat(cache.worker().snapshot().details()).containsEntry("released", 0L));
            app.start();
            soon().until(() -> cache.worker().state() == NodeState.RUNNING);
            cache.put(1, "a");
            assertThat(cache.getIfPresent(1)).isEqualTo("a");
        }

        @Test
        void itIsMadeOnceThoughManyUseItFirst() throws Exception {
            int users = 4;
            try (Owner owner = Owner.root("users")) {
                for (int round = 0; round < 200; round++) {
                    EvictingCache<Integer, String> cache = EvictingCache.<Integer, String>named("quotes")
                            .maximumSize(100)
                            .build();
                    CyclicBarrier atOnce = new CyclicBarrier(users);
                    try (TaskGroup<Void> group = TaskGroup.in(owner, "first").open()) {
                        for (int user = 0; user < users; user++) {
                            int key = user;
                            group.fork(ctx -> {
                                atOnce.await();
                                cache.put(key, "v");
                                return null;
                            });
                        }
                        group.join();
                    }
                    assertThat(cache.caffeine().asMap()).containsOnlyKeys(0, 1, 2, 3);
                }
            }
        }

        @Test
        void withoutStatisticsItShowsItsSizeAlone() {
            EvictingCache<Integer, String> cache = started(listening("quotes").withoutStatistics());
            cache.get(1, key -> "one");
            assertThat(cache.stats()).isEqualTo(CacheStats.empty());
            assertThat(cache.worker().snapshot().details()).containsOnly(Map.entry("size", 1L));
        }

        @Test
        void byDefaultTheTickIsATenthOfTheShorterExpiryWithinBounds() {
            Map<Duration, String> ticks = Map.of(
                    Duration.ofMillis(5), "every 100ms",
                    Duration.ofSeconds(3), "every 300ms",
                    Duration.ofHours(1), "every 1000ms");
            ticks.forEach((expiry, text) -> assertThat(EvictingCache.named("quotes")
                            .expireAfterWrite(Duration.ofDays(1))
                            .expireAfterAccess(expiry)
                            .build()
                            .worker()
                            .snapshot()
                            .schedule())
                    .startsWith(text));
        }

        @Test
        void aLoaderThatFailsOrReturnsNothingStoresNothing() {
            EvictingCache<Integer, String> cache = listening("quotes").build();
            assertThatThrownBy(() -> cache.get(1, key -> {
                        throw new IllegalStateException("down");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("down");
            assertThatThrownBy(() -> cache.get(1, key -> null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("loader of the cache 'quotes' returned null");
            assertThat(cache.size()).isZero();
        }

        @Test
        void theNumberOfEntriesIsBoundedAndNeedsNoTick() {
            EvictingCache<Integer, String> cache = started(manual("quotes").maximumSize(10));
            for (int round = 0; round < 20; round++) { // some puts are to meet Caffeine at its maintenance
                for (int i = 0; i < 1_000; i++) {
                    cache.put(i, "v");
                }
                soon().until(() -> cache.size() <= 10);
            }
            assertThat(nextDue(cache)).isNull();
        }

        @Test
        void everyPolicyIsWithinReach() {
            EvictingCache<Integer, Collection<Integer>> cache = EvictingCache.<Integer, Collection<Integer>>named("w")
                    .customize(caffeine ->
                            caffeine.maximumWeight(10).weigher((key, value) -> ((Collection<?>) value).size()))
                    .build();
            cache.put(1, List.of(1, 2, 3, 4));
            cache.put(2, List.of(1, 2, 3, 4));
            cache.put(3, List.of(1, 2, 3, 4));
            cache.caffeine().cleanUp();
            assertThat(cache.size()).isEqualTo(2);
            assertThat(cache.caffeine().policy().eviction()).isPresent();
        }
    }

    @Nested
    class Refusals {

        @Test
        void nothingLimitsIt() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").build())
                    .withMessage("Nothing ever leaves the cache 'quotes': set expireAfterWrite, expireAfterAccess or"
                            + " maximumSize, for instance .expireAfterWrite(Duration.ofMinutes(5))");
        }

        @Test
        void aSecondCacheFromOneBuilder() {
            EvictingCache.Builder<String, String> builder =
                    EvictingCache.<String, String>named("quotes").maximumSize(10);
            builder.build();
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'quotes'")
                    .hasMessageContaining("begin with EvictingCache.named(...)");
        }

        @Test
        void durationsThatAreNotPositive() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").expireAfterWrite(Duration.ZERO))
                    .withMessage("'expireAfterWrite' of 'quotes' must be longer than zero, but was 0s,"
                            + " use for instance 5m");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").expireAfterAccess(Duration.ofSeconds(-1)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").expireAfterAccess(null));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").tick(Duration.ZERO));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").tick(Duration.ofDays(2)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EvictingCache.named("quotes").maximumSize(0))
                    .withMessage("'maximumSize' of 'quotes' must be at least 1, but was 0, use for instance 10000");
        }

        @Test
        void namesThatAreNotLegal() {
            for (String name : new String[] {"", " ", "..", "a/b", "a".repeat(65)}) {
                assertThatIllegalArgumentException().isThrownBy(() -> EvictingCache.named(name));
            }
        }

        @Test
        void settingsThatAreTaken() {
            assertThatThrownBy(() -> EvictingCache.named("quotes")
                            .maximumSize(1)
                            .customize(caffeine -> caffeine.executor(Runnable::run))
                            .build())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cache 'quotes' cannot be customized like that: executor was already set")
                    .hasMessageContaining("are leakproof's to set");
        }
    }

    private EvictingCache.Builder<Integer, String> manual(String name) {
        return EvictingCache.<Integer, String>named(name)
                .tick(TICK)
                .customize(caffeine -> caffeine.ticker(time::nanoTime));
    }

    private EvictingCache.Builder<Integer, String> listening(String name) {
        return manual(name)
                .expireAfterWrite(Duration.ofMinutes(1))
                .removalListener((key, value, cause) -> told.add(key + "=" + value + " " + cause));
    }

    private <K, V> EvictingCache<K, V> started(EvictingCache.Builder<K, V> builder) {
        app.start();
        return app.start(builder.build());
    }

    private void awaitTold(String what) {
        soon().untilAsserted(() -> assertThat(told).containsExactly(what));
    }

    private static void awaitPlanned(EvictingCache<?, ?> cache) {
        soon().until(() -> nextDue(cache) != null);
    }

    private static void awaitLooks(EvictingCache<?, ?> cache, long looks) {
        soon().until(() -> cache.worker().snapshot().runs().completed() >= looks);
    }

    private static Instant nextDue(EvictingCache<?, ?> cache) {
        return cache.worker().snapshot().runs().nextDue();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(2));
    }
}
