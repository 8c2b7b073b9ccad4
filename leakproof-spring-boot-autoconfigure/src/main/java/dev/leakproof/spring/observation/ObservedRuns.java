package dev.leakproof.spring.observation;

import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeKind;
import dev.leakproof.RunObserver;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes each run of a periodic worker, and each beat of a heartbeat, an observation, in whose scope the body runs and a
 * failure is logged.
 *
 * <p>A looping body is not observed, as an observation that lasts as long as the application helps nobody: its units of
 * work are the body's own to observe. Nor is the tick of a cache. Nothing is done while the registry is a no-op.
 */
public final class ObservedRuns implements RunObserver {

    private final ObservationRegistry registry;
    private final ManagedBeans beans;
    private final @Nullable WorkerRunConvention convention;

    /**
     * Creates an observer for any number of trees.
     *
     * @param convention instead of the {@linkplain WorkerRunConvention#DEFAULT default}, or null
     */
    public ObservedRuns(ObservationRegistry registry, ManagedBeans beans, @Nullable WorkerRunConvention convention) {
        this.registry = registry;
        this.beans = beans;
        this.convention = convention;
    }

    @Override
    public Observed begun(ManagedWorker worker, WorkerContext context) {
        if (registry.isNoop() || !worker.isPeriodic() || worker.kind() == NodeKind.CACHE) {
            return Observed.NOTHING;
        }
        WorkerRunContext run =
                new WorkerRunContext(worker, beans.declaredId(worker.path()).orElse(KeyValue.NONE_VALUE));
        Observation observation = Observation.start(convention, WorkerRunConvention.DEFAULT, () -> run, registry);
        Observation.Scope scope = observation.openScope();
        return failure -> {
            run.end();
            if (failure != null) {
                observation.error(failure);
            }
            scope.close();
            observation.stop();
        };
    }
}
