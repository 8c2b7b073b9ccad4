package dev.leakproof;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the forks of a cancelled group, and through the groups that are open in those, and has each give up.
 *
 * <p>The way is frozen by then: what is added after the cancellation finds itself cancelled and never begins. So it needs no
 * lock. It goes in the order of forking, in which threads are likely to lie in memory: the other way takes longer.
 */
final class CancelWalk {

    /** What a stop thread does at once: well within {@link StopThreads#PATIENCE}. */
    private static final int BATCH = 10_000;

    private final StopThreads hand;
    private final @Nullable Thread caller;

    /** The forks that are left of each group that it has entered, the innermost first. */
    private final Deque<Iterator<? extends Fork<?>>> entered = new ArrayDeque<>(2);

    /**
     * A walk that has not begun.
     *
     * @param group cancelled already
     * @param caller a thread to leave alone, or null
     */
    CancelWalk(TaskGroup<?> group, @Nullable Thread caller) {
        this.hand = group.tree().stopThreads();
        this.caller = caller;
        into(group);
    }

    /** Walks to the end. */
    void run() {
        while (step()) {}
    }

    /** Walks on a stop thread, which is let go every now and then. */
    void runOnHand() {
        hand.execute(StopThreads.Job.of("The end of", "forks", this::batch));
    }

    private void batch() {
        for (int i = 0; i < BATCH; i++) {
            if (!step()) {
                return;
            }
        }
        hand.executeFirst(StopThreads.Job.of("The end of", "forks", this::batch));
    }

    /** Returns false at the end. */
    private boolean step() {
        Iterator<? extends Fork<?>> innermost = entered.peek();
        if (innermost == null) {
            return false;
        }
        if (innermost.hasNext()) {
            innermost.next().takeBack(this);
        } else {
            entered.pop();
        }
        return true;
    }

    /** Goes through a group that is open in the fork at hand before it goes on. */
    void into(TaskGroup<?> group) {
        entered.push(group.enter(caller));
    }

    StopThreads hand() {
        return hand;
    }

    boolean spares(Thread thread) {
        return thread == caller;
    }
}
