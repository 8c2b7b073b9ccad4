package dev.leakproof;

/** The deadline of a {@link TaskGroup} came before its result. What forks threw meanwhile is suppressed on it. */
public final class DeadlineExceededException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DeadlineExceededException(String message) {
        super(message);
    }
}
