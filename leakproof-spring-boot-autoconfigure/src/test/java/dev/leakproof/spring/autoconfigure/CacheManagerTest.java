package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.beans.EvictingCacheManager;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What becomes of {@code @Cacheable}. */
@ExtendWith(OutputCaptureExtension.class)
class CacheManagerTest {

    private static final String NOTICE = "Spring Boot's cache manager is Caffeine's";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false", "leakproof.caches.quotes.expire-after-write=5m")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    DeclaredBeansAutoConfiguration.class,
                    OwnBeansAutoConfiguration.class,
                    LeakproofCacheAutoConfiguration.class,
                    CacheAutoConfiguration.class))
            .withUserConfiguration(Caching.class);

    private final ApplicationContextRunner ours = runner.withPropertyValues("leakproof.cache-manager.enabled=true");

    @Test
    void cacheableUsesTheTreesCacheOfThatName() {
        ours.run(context -> {
            assertThat(context).hasSingleBean(CacheManager.class).hasSingleBean(EvictingCacheManager.class);
            Quotes quotes = context.getBean(Quotes.class);
            assertThat(quotes.of("TEA-1")).isEqualTo("TEA-1 for 1");
            assertThat(quotes.of("TEA-1")).isEqualTo("TEA-1 for 1");
            assertThat(cache(context.getBean("quotes")).getIfPresent("TEA-1")).isEqualTo("TEA-1 for 1");
            quotes.forget("TEA-1");
            assertThat(quotes.of("TEA-1")).isEqualTo("TEA-1 for 2");
            assertThat(quotes.store("TEA-1")).isEqualTo("stored");
            assertThat(quotes.of("TEA-1")).isEqualTo("stored");
        });
    }

    @Test
    void aNullIsCachedTooAndAFutureOnceItIsDone() {
        ours.run(context -> {
            Quotes quotes = context.getBean(Quotes.class);
            assertThat(quotes.none("COAL")).isNull();
            assertThat(quotes.none("COAL")).isNull();
            assertThat(quotes.calls()).isEqualTo(1);
            assertThat(quotes.later("MILK").get()).isEqualTo("MILK for 2");
            assertThat(quotes.later("MILK").get()).isEqualTo("MILK for 2");
            assertThat(quotes.synced("SALT")).isEqualTo("SALT for 3");
            assertThat(quotes.synced("SALT")).isEqualTo("SALT for 3");
        });
    }

    @Test
    void aViewKeepsTheContractOfACache() {
        ours.run(context -> {
            Cache view = context.getBean(CacheManager.class).getCache("quotes");
            assertThat(view.getName()).isEqualTo("quotes");
            assertThat(view.getNativeCache()).isSameAs(context.getBean("quotes"));
            assertThat(view.putIfAbsent("a", "1")).isNull();
            assertThat(view.putIfAbsent("a", "2").get()).isEqualTo("1");
            assertThat(view.<Object>get("n", () -> null)).isNull();
            assertThat(view.get("n")).isNotNull();
            assertThatExceptionOfType(Cache.ValueRetrievalException.class)
                    .isThrownBy(() -> view.get("x", () -> {
                        throw new java.io.IOException("on purpose");
                    }))
                    .withCauseExactlyInstanceOf(java.io.IOException.class);
            assertThat(view.evictIfPresent("a")).isTrue();
            assertThat(view.evictIfPresent("a")).isFalse();
            assertThat(view.invalidate()).isTrue();
            assertThat(view.invalidate()).isFalse();
            assertThat(view.retrieve("a")).isNull();
        });
    }

    @Test
    void itKnowsTheApplicationsCachesOnly() {
        ours.withBean(
                        "prices",
                        EvictingCache.class,
                        () -> EvictingCache.named("prices").maximumSize(1).build())
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("quotes", "prices");
                    assertThat(manager.getCache("prices")).isNotNull();
                    assertThat(manager.getCache("history")).isNull();
                });
    }

    @Test
    void itBacksOffFromACacheManagerOfTheApplication() {
        ours.withBean("mine", CacheManager.class, ConcurrentMapCacheManager::new)
                .run(context ->
                        assertThat(context).hasSingleBean(CacheManager.class).hasBean("mine"));
    }

    @Test
    void unlessAskedForItLeavesBootsAloneAndSaysThatThatIsCaffeines(CapturedOutput output) {
        runner.run(context -> assertThat(context.getBean(CacheManager.class)).isInstanceOf(CaffeineCacheManager.class));
        assertThat(output.toString().split(NOTICE, -1)).hasSize(2);
    }

    @Test
    void nothingIsSaidWhereTheTypeWasChosenOrTheManagerIsTheApplications(CapturedOutput output) {
        for (String type : List.of("caffeine", "simple", "none")) {
            runner.withPropertyValues("spring.cache.type=" + type)
                    .run(context -> assertThat(context).hasNotFailed());
        }
        runner.withUserConfiguration(OwnCaffeine.class)
                .run(context -> assertThat(context).hasNotFailed());
        ours.run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain(NOTICE);
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnCaffeine {
        @Bean
        CacheManager cacheManager() {
            return new CaffeineCacheManager();
        }
    }

    @SuppressWarnings("unchecked")
    private static EvictingCache<Object, Object> cache(Object bean) {
        return (EvictingCache<Object, Object>) bean;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {
        @Bean
        Quotes quotesService() {
            return new Quotes();
        }
    }

    static class Quotes {
        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @Cacheable("quotes")
        public String of(String sku) {
            return sku + " for " + calls.incrementAndGet();
        }

        @Cacheable(cacheNames = "quotes", sync = true)
        public String synced(String sku) {
            return sku + " for " + calls.incrementAndGet();
        }

        @Cacheable("quotes")
        public @Nullable String none(String sku) {
            calls.incrementAndGet();
            return null;
        }

        @Cacheable("quotes")
        public CompletableFuture<String> later(String sku) {
            return CompletableFuture.completedFuture(sku + " for " + calls.incrementAndGet());
        }

        @CachePut("quotes")
        public String store(String sku) {
            return "stored";
        }

        @CacheEvict("quotes")
        public void forget(String sku) {}
    }
}
