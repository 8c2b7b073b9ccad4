package dev.leakproof;

import org.jspecify.annotations.Nullable;

/**
 * How one fork of a {@link TaskGroup} ended.
 *
 * @param <T> the type of its result
 * @param number its place in the order of forking, from 1
 * @param state how it ended
 * @param value what it returned, which may be null; null unless it {@linkplain State#SUCCEEDED succeeded}
 * @param failure what it threw; null if it succeeded, or was cancelled before it began
 */
public record ForkResult<T extends @Nullable Object>(
        int number,
        State state,
        @Nullable T value,
        @Nullable Throwable failure) {

    /** The three ways to end. */
    public enum State {
        /** It returned. */
        SUCCEEDED,
        /** It threw. */
        FAILED,
        /** It gave up because it was told to, never began, or has not ended at all within its time. */
        CANCELLED
    }

    /** Whether it returned. */
    public boolean isSuccess() {
        return state == State.SUCCEEDED;
    }
}
