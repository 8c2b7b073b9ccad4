package dev.leakproof.spring.beans;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of one node, as it was told.
 *
 * @param at when it ended or was given up on
 * @param path its path
 * @param id what names it in logs, metrics and properties
 * @param kind what it is
 * @param end how it ended
 * @param failureType the class of the exception or error that it ended by, or null
 * @param failureMessage its message, or null
 */
public record EndedNode(
        Instant at,
        String path,
        String id,
        NodeKind kind,
        End end,
        @Nullable String failureType,
        @Nullable String failureMessage) {

    /** How a node ends. */
    public enum End {
        /** As it should. */
        STOPPED,
        /** By an exception or error. */
        FAILED,
        /** Not in time. */
        LEAKED,
        /** Taken out of the tree. */
        DETACHED
    }

    /** Not the exception itself, which may hold on to anything. */
    static EndedNode of(NodeSnapshot node, End end) {
        Throwable failure = end == End.FAILED ? node.failure() : null;
        return new EndedNode(
                end == End.DETACHED ? Instant.now() : node.since(),
                node.path(),
                node.id(),
                node.kind(),
                end,
                failure == null ? null : failure.getClass().getName(),
                failure == null ? null : failure.getMessage());
    }
}
