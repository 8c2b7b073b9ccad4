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
    private final boolean isVirtual = VirtualThreads.isVirtual(thread);

    /** How many had ended when it last gave way. */
    private int endedBefore = -1;

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

    /**
     * Has the calling thread give way to those that are ready to run, as long as forks end meanwhile: a virtual thread that
     * comes back when they have ended need not be woken for it, and takes no timer.
     *
     * @param ended how many have ended
     * @return false if it has to park
     */
    @SuppressWarnings("ThreadPriorityCheck") // the scheduler of virtual threads does as it is told
    boolean gaveWay(int ended) {
        if (!isVirtual || ended == endedBefore) {
            return false;
        }
        endedBefore = ended;
        Thread.yield();
        return true;
    }
}
