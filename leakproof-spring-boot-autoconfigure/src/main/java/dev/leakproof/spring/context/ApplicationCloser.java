package dev.leakproof.spring.context;

import dev.leakproof.NodeSnapshot;

/**
 * Closes the application when a worker whose escalation is {@code CLOSE_APPLICATION} has failed for good. Declare a bean
 * of this type to do it otherwise.
 */
@FunctionalInterface
public interface ApplicationCloser {

    /**
     * Closes it.
     *
     * @param culprit the worker as it failed; its {@code failure()} is the cause
     */
    void close(NodeSnapshot culprit);
}
