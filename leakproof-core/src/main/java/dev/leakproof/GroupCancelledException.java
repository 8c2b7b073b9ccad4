package dev.leakproof;

import java.util.concurrent.CancellationException;

/** There is no result because of a cancellation, which is no error: it says what was cancelled, and not where. */
final class GroupCancelledException extends CancellationException {

    private static final long serialVersionUID = 1;

    private final transient TaskGroup<?> group;
    private final String why;

    GroupCancelledException(TaskGroup<?> group, String why) {
        this.group = group;
        this.why = why;
    }

    @Override
    public String getMessage() {
        return group + why;
    }

    /** Whole trees of forks end by this at once, and to fill it in takes longer than all the rest. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
