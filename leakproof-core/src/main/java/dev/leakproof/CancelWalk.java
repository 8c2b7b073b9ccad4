package dev.leakproof;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the forks of a cancelled group, and through the groups that are open in those, and has each give up.
 *
 * <p>The way is frozen by then: what is added after the cancellation finds itself cancelled and never begins. So it needs
 * neither a lock nor a copy.
 */
final class CancelWalk {

    /** What a stop thread does at once: well within {@link StopThreads#PATIENCE_NANOS}. */
    private static final int BATCH = 10_000;

    private final StopThreads hand;
    private final @Nullable Thread caller;
    private final Deque<Fork<?>> later = new ArrayDeque<>(2);
    private @Nullable Fork<?> next;

    /**
     * A walk that has not begun.
     *
     * @param group cancelled already
     * @param caller a thread to leave alone, or null
     */
    CancelWalk(TaskGroup<?> group, @Nullable Thread caller) {
        this.hand = group.tree().stopThreads();
        this.caller = caller;
        this.next = group.enter(caller);
    }

    /** Walks to the end. */
    void run() {
        while (next != null) {
            step();
        }
    }

    /** Walks on a stop thread, which is let go every now and then. */
    void runOnHand() {
        hand.execute(StopThreads.Job.of("The end of", "forks", this::batch));
    }

    private void batch() {
        for (int i = 0; next != null && i < BATCH; i++) {
            step();
        }
        if (next != null) {
            hand.executeFirst(StopThreads.Job.of("The end of", "forks", this::batch));
        }
    }

    private void step() {
        Fork<?> fork = Objects.requireNonNull(next);
        next = fork.previous;
        fork.takeBack(this);
        if (next == null) {
            next = later.poll();
        }
    }

    /** Goes through a group that is open in the fork at hand before it goes on. */
    void into(TaskGroup<?> group) {
        Fork<?> inner = group.enter(caller);
        if (inner != null) {
            if (next != null) {
                later.push(next);
            }
            next = inner;
        }
    }

    StopThreads hand() {
        return hand;
    }

    boolean spares(Thread thread) {
        return thread == caller;
    }
}
