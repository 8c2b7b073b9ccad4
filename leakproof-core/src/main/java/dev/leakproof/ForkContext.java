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
        if (node instanceof ManagedWorker) {
            return ofWorker(captured, node.path());
        }
        // A virtual thread serves one fork, so there is nothing to undo either.
        return virtual && captured == MdcCapture.EMPTY ? null : captured;
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
