package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** Thrown by a body that has failed for good: it is not started again, whatever its {@link RestartPolicy}. */
public class DoNotRestartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Says why. */
    public DoNotRestartException(String message) {
        this(message, null);
    }

    /** Says why, and what caused it. */
    public DoNotRestartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
