package dev.leakproof.test;

import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.locks.LockSupport;

/** The pool that all share: its threads are nobody's leak, what they are stuck in may be somebody's. */
final class CommonPool {

    private static final ForkJoinPool POOL = ForkJoinPool.commonPool();

    private CommonPool() {}

    static boolean owns(Thread thread) {
        return thread instanceof ForkJoinWorkerThread worker && worker.getPool() == POOL;
    }

    /** Whether it has been given work that no worker has begun. */
    static boolean hasWaiting() {
        return POOL.hasQueuedSubmissions();
    }

    /**
     * Whether it is a worker that waits for work. The stack has the last word: JDK 17 leaves the blocker in place when work
     * has come, so that a task which sleeps or spins has it still.
     */
    static boolean isIdle(Thread thread) {
        return owns(thread)
                && LockSupport.getBlocker(thread) == POOL
                && Frames.isIn(ForkJoinPool.class, "awaitWork", List.of(thread.getStackTrace()));
    }
}
