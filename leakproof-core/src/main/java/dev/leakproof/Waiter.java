package dev.leakproof;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for forks of one group to end. */
final class Waiter {

    /** After so often it waits for more than what was ready to run. */
    static final int MOST = 16;

    /** Waits for failures too, not only for a number of forks to have ended. */
    final boolean minds;

    final Thread thread = Thread.currentThread();

    /** Whether it is among those that are woken; of {@link Endings}, on its own thread. */
    boolean isIn;

    /** Of {@link Endings}. */
    volatile @Nullable Waiter next;

    private final int target;
    private final boolean isVirtual = VirtualThreads.isVirtual(thread);

    /** How many had ended when it last gave way, and how often it did. */
    private int endedBefore = -1;

    private int times;

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
     * Has the calling thread give way to those that are ready to run, a few times as long as forks end meanwhile: a virtual
     * thread that comes back when they have ended need not be woken for it, and takes no timer.
     *
     * @param ended how many have ended
     * @return false if it has to park
     */
    @SuppressWarnings("ThreadPriorityCheck") // the scheduler of virtual threads does as it is told
    boolean gaveWay(int ended) {
        if (!isVirtual || ended == endedBefore || times == MOST) {
            return false;
        }
        endedBefore = ended;
        times++;
        Thread.yield();
        return true;
    }
}
