package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a node may leave to its owner: null is what the owner has. */
record Policy(
        @Nullable Duration stopTimeout,
        @Nullable StopMode stopMode,
        @Nullable ThreadKind threads,
        @Nullable ContextCapture context) {

    static final Policy INHERITED = new Policy(null, null, null, null);

    /** Returns a policy of these, which is a shared one if it leaves everything to the owner. */
    static Policy of(
            @Nullable Duration stopTimeout,
            @Nullable StopMode stopMode,
            @Nullable ThreadKind threads,
            @Nullable ContextCapture context) {
        return stopTimeout == null && stopMode == null && threads == null && context == null
                ? INHERITED
                : new Policy(stopTimeout, stopMode, threads, context);
    }
}
