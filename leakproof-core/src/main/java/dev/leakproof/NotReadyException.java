package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** A worker that others wait for did not become ready; what was started with it has been stopped again. */
public class NotReadyException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final String path;

    NotReadyException(String path, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /** Returns the path of the worker. */
    public String path() {
        return path;
    }
}
