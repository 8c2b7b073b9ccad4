package dev.leakproof.spring.metrics;

import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.TreeListener;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;

/**
 * Binds the tree to a registry: how many workers are in which state and how many leak, as gauges, what {@link
 * WorkerMeters} records of each worker, the {@link CacheMeters} and the {@link PoolMeters}.
 */
public final class WorkersMetrics implements MeterBinder {

    private final Owner root;
    private final ManagedBeans beans;

    /** Held here, for the gauges hold it weakly: a registry for the whole JVM outlives the context, which must not stay. */
    private final StateCounts counts;

    /** Creates a binder for the tree below {@code root}, whose workers are tagged by the ids they have in {@code beans}. */
    public WorkersMetrics(Owner root, ManagedBeans beans) {
        this.root = root;
        this.beans = beans;
        this.counts = new StateCounts(root);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (NodeState state : NodeState.values()) {
            Gauge.builder("leakproof.workers", counts, now -> now.of(state))
                    .description("Workers, heartbeats, caches and the like in this state")
                    .baseUnit("workers")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("leakproof.leaks", counts, StateCounts::leaks)
                .description("Workers that did not end in time when told to stop, and still run")
                .baseUnit("leaks")
                .register(registry);
        bind(new WorkerMeters(registry, beans));
        bind(new CacheMeters(registry, beans));
        bind(new PoolMeters(registry, beans));
    }

    private void bind(TreeListener meters) {
        root.addListener(meters);
        root.snapshot().all().forEach(meters::started);
    }
}
