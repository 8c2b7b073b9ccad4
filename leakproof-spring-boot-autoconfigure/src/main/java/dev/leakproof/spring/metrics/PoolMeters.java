package dev.leakproof.spring.metrics;

import dev.leakproof.PoolStats;
import dev.leakproof.WorkerPool;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The numbers of each pool that is a bean: its queue, its workers and its items. */
final class PoolMeters extends BeanMeters<WorkerPool<?>> {

    private static final String PREFIX = "leakproof.pool.";

    PoolMeters(MeterRegistry registry, ManagedBeans beans) {
        super(registry, beans, WorkerPool.class, PREFIX);
    }

    @Override
    Tags tags(String id) {
        return Tags.of("worker", id);
    }

    @Override
    void bind(WorkerPool<?> pool, Tags tags, MeterRegistry registry) {
        new OnePool(pool, tags, registry).bind();
    }

    private record OnePool(WorkerPool<?> pool, Tags tags, MeterRegistry registry) {

        void bind() {
            gauge("workers", "workers", "Items that are dealt with at once at most", PoolStats::workers);
            gauge("busy", "workers", "Items that are dealt with now", PoolStats::busy);
            gauge("depth", "items", "Items that wait", PoolStats::depth);
            gauge("capacity", "items", "Items that can wait", PoolStats::capacity);
            gauge("blocked", "threads", "Threads that wait for room", PoolStats::blocked);
            gauge("left.over", "items", "Items that the last stop left without beginning them", PoolStats::leftOver);
            counter("accepted", tags, "Items that were accepted", PoolStats::accepted);
            counter(
                    "rejected",
                    tags,
                    "Items that were not accepted: there was no room, or it did not run",
                    PoolStats::rejected);
            items("completed", PoolStats::completed);
            items("failed", PoolStats::failed);
            items("cut_short", PoolStats::cutShort);
            timer(
                    "wait",
                    "Time that items have waited before they were begun",
                    OnePool::begun,
                    stats -> stats.totalWait().toNanos());
            timer(
                    "work",
                    "Time that it took to deal with items",
                    OnePool::done,
                    stats -> stats.totalWork().toNanos());
            TimeGauge.builder(
                            PREFIX + "wait.longest",
                            pool,
                            TimeUnit.NANOSECONDS,
                            now -> now.stats().longestWait().toNanos())
                    .description("Longest time that an item has waited before it was begun")
                    .tags(tags)
                    .register(registry);
        }

        private void gauge(String name, String unit, String description, ToDoubleFunction<PoolStats> value) {
            Gauge.builder(PREFIX + name, pool, now -> value.applyAsDouble(now.stats()))
                    .description(description)
                    .baseUnit(unit)
                    .tags(tags)
                    .register(registry);
        }

        private void items(String outcome, ToDoubleFunction<PoolStats> value) {
            counter("items", tags.and("outcome", outcome), "Items that were begun, by what became of them", value);
        }

        private void counter(String name, Tags own, String description, ToDoubleFunction<PoolStats> value) {
            FunctionCounter.builder(PREFIX + name, pool, now -> value.applyAsDouble(now.stats()))
                    .description(description)
                    .baseUnit("items")
                    .tags(own)
                    .register(registry);
        }

        private void timer(
                String name, String description, ToLongFunction<PoolStats> count, ToDoubleFunction<PoolStats> nanos) {
            FunctionTimer.builder(
                            PREFIX + name,
                            pool,
                            now -> count.applyAsLong(now.stats()),
                            now -> nanos.applyAsDouble(now.stats()),
                            TimeUnit.NANOSECONDS)
                    .description(description)
                    .tags(tags)
                    .register(registry);
        }

        private static long done(PoolStats stats) {
            return stats.completed() + stats.failed() + stats.cutShort();
        }

        private static long begun(PoolStats stats) {
            return done(stats) + stats.busy();
        }
    }
}
