package dev.leakproof.spring.metrics;

import dev.leakproof.spring.observation.WorkerRunContext;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.Observation;

/**
 * Keeps Micrometer's own handler from timing the observations of runs: {@code leakproof.worker.runs} counts each run
 * already, observed or not, and with the same tags whatever the convention. Of the handlers for meters, the first that
 * supports a context has it for itself.
 */
public final class UntimedRuns implements MeterObservationHandler<WorkerRunContext> {

    /** Creates a handler that does nothing. */
    public UntimedRuns() {}

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof WorkerRunContext;
    }
}
