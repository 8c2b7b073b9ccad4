package dev.leakproof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an incarnation is at: a {@link Run}, or the forks of a group. A stop wakes it, interrupts it and looks at it. */
interface Activity {

    boolean hasEnded();

    /** Returns the thread to look at if it does not end; null while it has none. */
    @Nullable
    Thread thread();

    String threadName();

    /** Whether {@code thread} is one of its threads. */
    boolean runsOn(Thread thread);

    /** Wakes whoever sleeps in its context. */
    void wake();

    /** Interrupts it, which may block: only for a stop thread. Leaves {@code caller} alone, the thread that stops it. */
    void interrupt(@Nullable Thread caller);

    /** Takes the hooks that wait for {@code stage}; those that come later run at once. */
    List<StopHook> take(StopStage stage);

    /** Returns what is to be said of its other threads. */
    default List<String> others() {
        return List.of();
    }
}
