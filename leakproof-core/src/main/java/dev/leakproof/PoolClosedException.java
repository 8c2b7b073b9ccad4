package dev.leakproof;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown to whoever hands an item to a {@link WorkerPool} that is not running, is told to stop while they wait, or has no
 * worker left.
 */
public class PoolClosedException extends RejectedExecutionException {

    private static final long serialVersionUID = 1;

    /** Says why. */
    public PoolClosedException(String message) {
        super(message);
    }
}
