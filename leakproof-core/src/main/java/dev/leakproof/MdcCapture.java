package dev.leakproof;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the MDC. */
enum MdcCapture implements ContextCapture {
    INSTANCE;

    /** Whose value names the worker, so is not carried from one to another. */
    static final String WORKER = "worker";

    /** There was nothing; what is put there meanwhile is undone all the same. */
    static final Captured EMPTY = () -> undo(MDC.getCopyOfContextMap());

    @Override
    public Captured capture() {
        Map<String, String> carried = MDC.getCopyOfContextMap();
        if (carried != null) {
            carried.remove(WORKER);
        }
        return carried == null || carried.isEmpty() ? EMPTY : () -> restore(carried);
    }

    private static Restored restore(Map<String, String> carried) {
        Map<String, String> before = MDC.getCopyOfContextMap();
        carried.forEach(MDC::put);
        return undo(before);
    }

    private static Restored undo(@Nullable Map<String, String> before) {
        return () -> {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        };
    }
}
