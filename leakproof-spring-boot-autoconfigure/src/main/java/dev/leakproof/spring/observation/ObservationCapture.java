package dev.leakproof.spring.observation;

import dev.leakproof.ContextCapture;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/** Carries the current observation to forks, items of pools and children, besides the MDC: their spans have its trace. */
public final class ObservationCapture implements ContextCapture {

    private final ObservationRegistry registry;

    /** Creates one that carries what is current in {@code registry}. */
    public ObservationCapture(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Captured capture() {
        Captured mdc = ContextCapture.mdc().capture();
        Observation current = registry.getCurrentObservation();
        return current == null ? mdc : () -> restore(mdc, current);
    }

    private static Restored restore(Captured mdc, Observation observation) {
        Restored restored = mdc.restore();
        Observation.Scope scope = observation.openScope();
        return () -> {
            try {
                scope.close();
            } finally {
                restored.close();
            }
        };
    }
}
