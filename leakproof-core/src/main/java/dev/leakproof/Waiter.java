package dev.leakproof;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for forks of one group to end. */
final class Waiter {

    /** Waits for failures too, not only for a number of forks to have ended. */
    final boolean minds;

    final Thread thread = Thread.currentThread();

    /** Of {@link Forks}. */
    volatile @Nullable Waiter next;

    private final int target;

    /** @param target how many forks have to have ended for it to be woken */
    Waiter(int target, boolean minds) {
        this.target = target;
        this.minds = minds;
    }

    void told(int ended, boolean failed) {
        if (ended >= target || (failed && minds)) {
            LockSupport.unpark(thread);
        }
    }
}
