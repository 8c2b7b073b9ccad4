package dev.leakproof.spring.autoconfigure;

import java.time.Duration;

/** The history of nodes that have ended. */
final class HistoryProperties {

    /** How many ended nodes are remembered at most. */
    private int maximumSize = 100;

    /** Time after which an ended node is forgotten. */
    private Duration expireAfterWrite = Duration.ofHours(1);

    public int getMaximumSize() {
        return maximumSize;
    }

    public void setMaximumSize(int maximumSize) {
        if (maximumSize < 1 || maximumSize > 10_000) {
            throw new IllegalArgumentException("leakproof.history.maximum-size must be from 1 to 10000, but was "
                    + maximumSize + ": write for instance 100");
        }
        this.maximumSize = maximumSize;
    }

    public Duration getExpireAfterWrite() {
        return expireAfterWrite;
    }

    public void setExpireAfterWrite(Duration expireAfterWrite) {
        this.expireAfterWrite = Checks.positive("leakproof.history.expire-after-write", expireAfterWrite, "1h");
    }
}
