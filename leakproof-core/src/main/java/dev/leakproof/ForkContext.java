package dev.leakproof;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** What the forks of one group get of what is bound to the thread that opens it. */
final class ForkContext {

    private ForkContext() {}

    /** Returns null if there is nothing to do for a fork. */
    static ContextCapture.@Nullable Captured capture(GroupHost host, boolean virtual) {
        Node node = host.incarnation().node();
        ContextCapture.Captured captured = node.effectiveContext().capture();
        if (captured == ContextCapture.Captured.NOTHING) {
            return null;
        }
        String worker = node instanceof ManagedWorker ? node.path() : null;
        if (virtual && captured instanceof MdcCapture.Carried mdc) {
            // A virtual thread is new and serves one fork: there is nothing to keep, and nothing to undo.
            return worker == null && mdc.isEmpty() ? null : mdc.forNewThread(worker);
        }
        return worker == null ? captured : ofWorker(captured, worker);
    }

    /** Its log lines name the worker, as those of its own thread do. */
    private static ContextCapture.Captured ofWorker(ContextCapture.Captured captured, String worker) {
        return () -> {
            ContextCapture.Restored restored = captured.restore();
            MDC.put(MdcCapture.WORKER, worker);
            return () -> {
                MDC.remove(MdcCapture.WORKER);
                restored.close();
            };
        };
    }
}
