package dev.leakproof;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The one immutable snapshot that a node publishes through one volatile. */
record Status(
        NodeState state,
        Instant since,
        @Nullable Throwable failure,
        @Nullable Leak leak) {

    static final Status NEW = new Status(NodeState.NEW, Instant.EPOCH, null, null);

    static Status of(NodeState state) {
        return new Status(state, Instant.now(), null, null);
    }

    static Status failed(Throwable failure) {
        return new Status(NodeState.FAILED, Instant.now(), failure, null);
    }

    static Status leaked(@Nullable Leak leak) {
        return new Status(NodeState.LEAKED, Instant.now(), null, leak);
    }
}
