package dev.leakproof.test;

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

    /** Whether it is a worker that waits for work. */
    static boolean isIdle(Thread thread) {
        return owns(thread) && LockSupport.getBlocker(thread) == POOL;
    }
}
