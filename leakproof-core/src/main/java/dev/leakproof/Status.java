package dev.leakproof;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one immutable snapshot that a node publishes through one volatile.
 *
 * @param sinceNanos by {@link EpochNanos}
 */
record Status(
        NodeState state,
        long sinceNanos,
        @Nullable Throwable failure,
        @Nullable Leak leak) {

    static final Status NEW = new Status(NodeState.NEW, 0, null, null);

    static Status of(NodeState state) {
        return new Status(state, now(), null, null);
    }

    static Status failed(Throwable failure) {
        return new Status(NodeState.FAILED, now(), failure, null);
    }

    static Status leaked(@Nullable Leak leak) {
        return new Status(NodeState.LEAKED, now(), null, leak);
    }

    static Status running(Instant since) {
        return new Status(NodeState.RUNNING, EpochNanos.of(since), null, null);
    }

    static Status paused(@Nullable Throwable failure) {
        return new Status(NodeState.PAUSED, now(), failure, null);
    }

    static Status backingOff(@Nullable Throwable cause) {
        return new Status(NodeState.BACKING_OFF, now(), cause, null);
    }

    Instant since() {
        return Objects.requireNonNull(EpochNanos.toInstant(sinceNanos));
    }

    private static long now() {
        return EpochNanos.of(Instant.now());
    }
}
