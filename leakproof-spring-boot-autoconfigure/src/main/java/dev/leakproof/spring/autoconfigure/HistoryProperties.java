package dev.leakproof.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The history of nodes that have ended.
 *
 * @param maximumSize How many ended nodes are remembered at most.
 * @param expireAfterWrite Time after which an ended node is forgotten.
 */
record HistoryProperties(
        @DefaultValue("100") int maximumSize,
        @DefaultValue("1h") Duration expireAfterWrite) {

    HistoryProperties {
        if (maximumSize < 1 || maximumSize > 10_000) {
            throw new IllegalArgumentException("leakproof.history.maximum-size must be from 1 to 10000, but was "
                    + maximumSize + ": write for instance 100");
        }
        if (expireAfterWrite.isZero() || expireAfterWrite.isNegative()) {
            throw new IllegalArgumentException("leakproof.history.expire-after-write must be longer than zero, but was "
                    + expireAfterWrite + ": write for instance 1h");
        }
    }
}
