package dev.leakproof.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * How the observation of a run is named and tagged. To change that, declare a bean of this type and override what is to
 * differ.
 *
 * <p>Of low cardinality are {@code worker}, the id of the bean; {@code kind}, such as {@code heartbeat}; {@code outcome},
 * {@code success} or {@code failure}, {@code unknown} until the end; and {@code exception}, the simple name of its class
 * or {@code none}. The {@code path} is of high cardinality.
 */
public interface WorkerRunConvention extends ObservationConvention<WorkerRunContext> {

    /** The one that is used where no bean replaces it. */
    WorkerRunConvention DEFAULT = new WorkerRunConvention() {};

    @Override
    default String getName() {
        return "leakproof.worker.run";
    }

    /** Returns the name of the span, such as {@code run peer-ping}. */
    @Override
    default String getContextualName(WorkerRunContext context) {
        return "run " + context.getDeclaredId();
    }

    @Override
    default KeyValues getLowCardinalityKeyValues(WorkerRunContext context) {
        Throwable error = context.getError();
        String outcome = !context.hasEnded() ? "unknown" : error == null ? "success" : "failure";
        return KeyValues.of(
                KeyValue.of("worker", context.getDeclaredId()),
                KeyValue.of("kind", context.getWorker().kind().label()),
                KeyValue.of("outcome", outcome),
                KeyValue.of("exception", error == null ? KeyValue.NONE_VALUE : nameOf(error)));
    }

    private static String nameOf(Throwable error) {
        String name = error.getClass().getSimpleName();
        return name.isEmpty() ? error.getClass().getName() : name;
    }

    @Override
    default KeyValues getHighCardinalityKeyValues(WorkerRunContext context) {
        return KeyValues.of(KeyValue.of("path", context.getWorker().path()));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof WorkerRunContext;
    }
}
