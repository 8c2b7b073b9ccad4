package dev.leakproof;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the MDC. */
enum MdcCapture implements ContextCapture {
    INSTANCE;

    /** Whose value names the worker, so is not carried from one to another. */
    static final String WORKER = "worker";

    @Override
    public Captured capture() {
        Map<String, String> carried = MDC.getCopyOfContextMap();
        if (carried != null) {
            carried.remove(WORKER);
        }
        return new Carried(carried == null ? Map.of() : carried);
    }

    /** What was in the MDC. If that is nothing, what is put there meanwhile is undone all the same. */
    record Carried(Map<String, String> entries) implements Captured {

        boolean isEmpty() {
            return entries.isEmpty();
        }

        @Override
        public Restored restore() {
            Map<String, String> before = MDC.getCopyOfContextMap();
            entries.forEach(MDC::put);
            return () -> {
                if (before == null) {
                    MDC.clear();
                } else {
                    MDC.setContextMap(before);
                }
            };
        }

        /** Returns the same for a thread that has nothing yet, and ends when the work does; with the worker's name, if any. */
        Captured forNewThread(@Nullable String worker) {
            Map<String, String> all = new HashMap<>(entries);
            if (worker != null) {
                all.put(WORKER, worker);
            }
            return () -> {
                MDC.setContextMap(all);
                return Restored.NOTHING;
            };
        }
    }
}
