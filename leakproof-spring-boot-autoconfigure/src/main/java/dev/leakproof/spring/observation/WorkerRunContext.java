package dev.leakproof.spring.observation;

import dev.leakproof.ManagedWorker;
import io.micrometer.observation.Observation;

/** What is known of one run under observation. Its {@linkplain #getError() error} is why it failed, or null. */
public final class WorkerRunContext extends Observation.Context {

    private final ManagedWorker worker;
    private final String declaredId;
    private boolean ended;

    /**
     * Creates the context of a run that begins.
     *
     * @param declaredId the id of the bean that {@code worker} is or belongs to, or {@code none}
     */
    public WorkerRunContext(ManagedWorker worker, String declaredId) {
        this.worker = worker;
        this.declaredId = declaredId;
    }

    /** Returns whose run it is. */
    public ManagedWorker getWorker() {
        return worker;
    }

    /**
     * Returns the id of the bean that the worker is, or of the nearest above it; {@code none} where there is none. There
     * are no more of them than beans.
     */
    public String getDeclaredId() {
        return declaredId;
    }

    /** Whether the run has ended. */
    public boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }
}
