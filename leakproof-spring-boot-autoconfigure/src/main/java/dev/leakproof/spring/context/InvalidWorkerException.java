package dev.leakproof.spring.context;

import org.jspecify.annotations.Nullable;

/**
 * A worker that cannot be: its declaration contradicts itself, the context, or another one. It fails startup, and its
 * {@linkplain #getAction() action} says what to write instead.
 */
public final class InvalidWorkerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    /**
     * Creates one.
     *
     * @param action what to change, in a sentence
     */
    public InvalidWorkerException(String message, String action) {
        this(message, action, null);
    }

    /**
     * Creates one.
     *
     * @param action what to change, in a sentence
     * @param cause what was thrown, or null
     */
    public InvalidWorkerException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    /** Returns what to change, in a sentence. */
    public String getAction() {
        return action;
    }
}
