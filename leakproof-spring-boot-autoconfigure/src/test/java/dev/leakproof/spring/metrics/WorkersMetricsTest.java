package dev.leakproof.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.OnFull;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersMetricsAutoConfiguration;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class WorkersMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    WorkersMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, () -> registry);

    @Test
    void runsAreTimedByOutcomeAndLateness() {
        CountDownLatch twice = new CountDownLatch(2);
        runner.withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping")
                                .every(Duration.ofMillis(5))
                                .beat(ctx -> {
                                    twice.countDown();
                                    if (twice.getCount() == 1) {
                                        throw new IllegalStateException("once");
                                    }
                                }))
                .run(context -> {
                    twice.await();
                    await().untilAsserted(() -> {
                        assertThat(registry.get("leakproof.worker.runs")
                                        .tags("worker", "ping", "outcome", "failure")
                                        .timer()
                                        .count())
                                .isEqualTo(1);
                        assertThat(registry.get("leakproof.worker.runs")
                                        .tags("worker", "ping", "outcome", "success")
                                        .timer()
                                        .count())
                                .isPositive();
                        assertThat(registry.get("leakproof.worker.lateness")
                                        .tag("worker", "ping")
                                        .timer()
                                        .count())
                                .isGreaterThan(1);
                    });
                });
    }

    @Test
    void skippedBeatsAreCounted() {
        CountDownLatch release = new CountDownLatch(1);
        runner.withBean(
                        "slow",
                        Heartbeat.class,
                        () -> Heartbeat.named("slow")
                                .every(Duration.ofMillis(5))
                                .beat(ctx -> release.await()))
                .run(context -> {
                    await().untilAsserted(() -> assertThat(counter("leakproof.worker.skipped", "slow"))
                            .isPositive());
                    release.countDown();
                });
    }

    @Test
    void failuresAndRestartsAreCounted() {
        runner.withBean(
                        "failing",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("failing")
                                .restart(RestartPolicy.onFailure()
                                        .backoff(Duration.ofMillis(1), Duration.ofMillis(1))
                                        .intensity(2, Duration.ofMinutes(1)))
                                .run(ctx -> {
                                    throw new IllegalStateException("on purpose");
                                }))
                .run(context -> await().untilAsserted(() -> {
                    assertThat(counter("leakproof.worker.restarts", "failing")).isEqualTo(2);
                    assertThat(counter("leakproof.worker.failures", "failing")).isEqualTo(1);
                    assertThat(gauge("leakproof.workers", "state", "failed")).isEqualTo(1);
                }));
    }

    @Test
    void leaksAreThereUntilTheyEnd() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        ManagedWorker stuck = ManagedWorker.named("stuck")
                .stopTimeout(Duration.ofMillis(50))
                .run(ctx -> {
                    entered.countDown();
                    while (release.getCount() > 0) {
                        try {
                            release.await();
                        } catch (InterruptedException swallowed) {
                            // on purpose
                        }
                    }
                });
        runner.withBean("stuck", ManagedWorker.class, () -> stuck).run(context -> {
            entered.await();
            assertThat(stuck.stop().leaked()).hasSize(1);
            await().untilAsserted(() -> assertThat(gauge("leakproof.leaks")).isEqualTo(1));
            await().untilAsserted(() ->
                    assertThat(counter("leakproof.worker.leaks", "stuck")).isEqualTo(1));
            await().untilAsserted(() -> assertThat(registry.get("leakproof.stop")
                            .tag("outcome", "leaked")
                            .timer()
                            .count())
                    .isEqualTo(1));
            release.countDown();
            await().untilAsserted(() -> assertThat(gauge("leakproof.leaks")).isZero());
        });
    }

    @Test
    void whatIsNoBeanCountsForTheBeanAboveIt() {
        runner.withBean(
                        "parent",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("parent").run(ctx -> {
                            for (int i = 0; i < 3; i++) {
                                ctx.start(ManagedWorker.named("child-" + i).run(child -> {}));
                            }
                            ctx.sleep(Duration.ofHours(1));
                        }))
                .run(context -> {
                    ManagedWorker other = ManagedWorker.named("other").run(ctx -> {});
                    context.getBean("leakproofRoot", Owner.class).start(other);
                    await().until(() -> other.state() == NodeState.STOPPED);
                    await().untilAsserted(() -> assertThat(registry.get("leakproof.worker.runs")
                                    .tags("worker", "parent", "outcome", "success")
                                    .timer()
                                    .count())
                            .isEqualTo(3));
                    assertThat(tagged("worker")).containsOnly("parent");
                });
    }

    @Test
    void childrenWithoutEndAddNoMeter() {
        int children = 2_000;
        CountDownLatch go = new CountDownLatch(1);
        runner.withBean(
                        "parent",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("parent").run(ctx -> {
                            ctx.start(ManagedWorker.named("first").run(child -> {}));
                            go.await();
                            for (int i = 0; i < children; i++) {
                                ctx.start(ManagedWorker.named("child-" + i).run(child -> {}));
                            }
                            ctx.sleep(Duration.ofHours(1));
                        }))
                .run(context -> {
                    await().untilAsserted(() -> assertThat(runsOf("parent")).isEqualTo(1));
                    int before = registry.getMeters().size();
                    go.countDown();
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(() -> assertThat(runsOf("parent")).isEqualTo(1 + children));
                    assertThat(registry.getMeters()).hasSize(before);
                    await().untilAsserted(() -> assertThat(context.getBean("leakproofRoot", Owner.class)
                                    .find("app/parent")
                                    .orElseThrow()
                                    .children())
                            .as("what has ended is forgotten")
                            .isEmpty());
                });
    }

    private long runsOf(String worker) {
        return registry.find("leakproof.worker.runs").tags("worker", worker, "outcome", "success").timers().stream()
                .mapToLong(timer -> timer.count())
                .sum();
    }

    @Test
    void withAWorkerGoItsMeters() {
        runner.withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .withBean(
                        "quotes",
                        EvictingCache.class,
                        () -> EvictingCache.named("quotes")
                                .expireAfterWrite(Duration.ofMinutes(1))
                                .build())
                .run(context -> {
                    await().untilAsserted(() -> assertThat(tagged("worker")).contains("ping", "quotes"));
                    await().untilAsserted(() -> assertThat(tagged("cache")).containsOnly("quotes"));
                    DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
                    beans.destroySingleton("ping");
                    beans.destroySingleton("quotes");
                    await().untilAsserted(() -> {
                        assertThat(tagged("worker")).isEmpty();
                        assertThat(tagged("cache")).isEmpty();
                    });
                    context.getBean("ping");
                    await().untilAsserted(() -> assertThat(tagged("worker")).containsOnly("ping"));
                });
    }

    @Test
    void aCacheHasMicrometersMeters() {
        EvictingCache<String, String> quotes =
                EvictingCache.<String, String>named("quotes").maximumSize(10).build();
        runner.withBean("quotes", EvictingCache.class, () -> quotes).run(context -> {
            quotes.get("a", key -> "b");
            quotes.get("a", key -> "b");
            await().untilAsserted(() -> {
                assertThat(registry.get("cache.gets")
                                .tags("cache", "quotes", "result", "hit")
                                .functionCounter()
                                .count())
                        .isEqualTo(1);
                assertThat(gauge("cache.size", "cache", "quotes")).isEqualTo(1);
            });
        });
    }

    @Test
    void aCacheWithoutStatisticsShowsItsSizeAlone() {
        runner.withBean(
                        "quotes",
                        EvictingCache.class,
                        () -> EvictingCache.<String, String>named("quotes")
                                .maximumSize(10)
                                .withoutStatistics()
                                .build())
                .run(context -> {
                    cacheOf(context.getBean("quotes")).put("a", "b");
                    await().untilAsserted(() ->
                            assertThat(gauge("cache.size", "cache", "quotes")).isEqualTo(1));
                    assertThat(registry.getMeters())
                            .extracting(meter -> meter.getId().getName())
                            .filteredOn(name -> name.startsWith("cache."))
                            .containsExactly("cache.size");
                });
    }

    @Test
    void aCacheThatTakesThePlaceOfAnotherHasTheMeters() {
        runner.withBean(
                        "quotes",
                        EvictingCache.class,
                        () -> EvictingCache.<String, String>named("quotes")
                                .maximumSize(10)
                                .build())
                .run(context -> {
                    DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
                    beans.destroySingleton("quotes");
                    EvictingCache<String, String> second = cacheOf(beans.getBean("quotes"));
                    second.get("a", key -> "b");
                    await().untilAsserted(() ->
                            assertThat(gauge("cache.size", "cache", "quotes")).isEqualTo(1));
                });
    }

    @SuppressWarnings("unchecked")
    private static EvictingCache<String, String> cacheOf(Object bean) {
        return (EvictingCache<String, String>) bean;
    }

    @Test
    void aPoolHasMetersOfItsQueueAndItsItems() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<String> mails = WorkerPool.<String>named("mails")
                .workers(1)
                .capacity(1)
                .onFull(OnFull.REJECT)
                .process((ctx, mail) -> {
                    entered.countDown();
                    release.await();
                    if (mail.equals("second")) {
                        throw new IllegalStateException("on purpose");
                    }
                });
        runner.withBean("mails", WorkerPool.class, () -> mails).run(context -> {
            mails.submit("first");
            entered.await();
            mails.submit("second");
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> mails.submit("third"));
            await().untilAsserted(() -> assertThat(pool("leakproof.pool.depth")).isEqualTo(1));
            assertThat(pool("leakproof.pool.busy")).isEqualTo(1);
            assertThat(pool("leakproof.pool.workers")).isEqualTo(1);
            assertThat(pool("leakproof.pool.capacity")).isEqualTo(1);
            assertThat(counted("leakproof.pool.accepted")).isEqualTo(2);
            assertThat(counted("leakproof.pool.rejected")).isEqualTo(1);
            release.countDown();
            await().untilAsserted(() -> assertThat(counted("leakproof.pool.items", "outcome", "failed"))
                    .isEqualTo(1));
            assertThat(counted("leakproof.pool.items", "outcome", "completed")).isEqualTo(1);
            FunctionTimer wait =
                    registry.get("leakproof.pool.wait").tag("worker", "mails").functionTimer();
            assertThat(wait.count()).isEqualTo(2);
            // The registry counts in seconds, and a double that was divided and multiplied again may be off by its last
            // bit.
            assertThat(Math.round(wait.totalTime(TimeUnit.NANOSECONDS)))
                    .isEqualTo(mails.stats().totalWait().toNanos());
            assertThat(Math.round(registry.get("leakproof.pool.wait.longest")
                            .timeGauge()
                            .value(TimeUnit.NANOSECONDS)))
                    .isEqualTo(mails.stats().longestWait().toNanos());
            assertThat(registry.get("leakproof.pool.work").functionTimer().count())
                    .isEqualTo(2);
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            beans.destroySingleton("mails");
            await().untilAsserted(() -> assertThat(tagged("worker")).isEmpty());
        });
    }

    private double pool(String name) {
        return gauge(name, "worker", "mails");
    }

    private double counted(String name, String... tags) {
        return registry.get(name)
                .tag("worker", "mails")
                .tags(tags)
                .functionCounter()
                .count();
    }

    @Test
    void thereAreNoneWithoutMicrometer() {
        runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("workersMetrics"));
    }

    @Test
    void thereAreNoneWithoutARegistry() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LeakproofAutoConfiguration.class, WorkersMetricsAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WorkersMetrics.class));
    }

    @Test
    void theApplicationMayReplaceThem() {
        runner.withBean(
                        "mine",
                        WorkersMetrics.class,
                        () -> new WorkersMetrics(
                                Owner.named("x").build(),
                                new dev.leakproof.spring.context.ManagedBeans(new DefaultListableBeanFactory())))
                .run(context ->
                        assertThat(context).hasSingleBean(WorkersMetrics.class).hasBean("mine"));
    }

    private double counter(String name, String worker) {
        return registry.get(name).tag("worker", worker).counter().count();
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private List<String> tagged(String tag) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag(tag))
                .filter(java.util.Objects::nonNull)
                .distinct()
                .toList();
    }
}
