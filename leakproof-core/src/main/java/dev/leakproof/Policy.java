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
}
