package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** Thrown by a body without which its owner has no use: the body is not started again, and its owner is told to stop. */
public class StopOwnerException extends DoNotRestartException {

    private static final long serialVersionUID = 1;

    /** Says why. */
    public StopOwnerException(String message) {
        this(message, null);
    }

    /** Says why, and what caused it. */
    public StopOwnerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
