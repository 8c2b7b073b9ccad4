package dev.leakproof;

/**
 * A fork of a {@link TaskGroup} failed that was needed. Its cause is what that fork threw; what other forks threw is
 * suppressed on it.
 */
public final class ForkFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ForkFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
