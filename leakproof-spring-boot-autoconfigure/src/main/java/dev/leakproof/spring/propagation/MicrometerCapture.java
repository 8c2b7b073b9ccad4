package dev.leakproof.spring.propagation;

import dev.leakproof.ContextCapture;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

/**
 * Carries the MDC, and all that has a {@code ThreadLocalAccessor}: observations, traces, whatever is registered.
 *
 * <p>What the work binds itself is undone after it, also where there was nothing to carry. The MDC comes first and goes
 * last, for a trace has its part in it.
 */
final class MicrometerCapture implements ContextCapture {

    private final ContextSnapshotFactory snapshots;

    MicrometerCapture() {
        this(ContextRegistry.getInstance());
    }

    MicrometerCapture(ContextRegistry registry) {
        this.snapshots = ContextSnapshotFactory.builder()
                .contextRegistry(registry)
                .captureKeyPredicate(MicrometerCapture::isCarriedHere)
                .clearMissing(true)
                .build();
    }

    @Override
    public Captured capture() {
        Captured mdc = ContextCapture.mdc().capture();
        ContextSnapshot snapshot = snapshots.captureAll();
        return () -> restore(mdc, snapshot);
    }

    private static Restored restore(Captured mdc, ContextSnapshot snapshot) {
        Restored mdcBefore = mdc.restore();
        try {
            ContextSnapshot.Scope scope = snapshot.setThreadLocals(MicrometerCapture::isCarriedHere);
            return () -> {
                try {
                    scope.close();
                } finally {
                    mdcBefore.close();
                }
            };
        } catch (Throwable e) {
            mdcBefore.close();
            throw e;
        }
    }

    /** The core carries the MDC, and keeps the worker's name in it. */
    private static boolean isCarriedHere(Object key) {
        return !Slf4jThreadLocalAccessor.KEY.equals(key);
    }
}
