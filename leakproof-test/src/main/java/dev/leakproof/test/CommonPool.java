package dev.leakproof.test;

import java.util.Arrays;
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

    /** Whether it is a worker that waits for work. The stack has the last word; only those it may excuse are asked. */
    static boolean isIdle(Thread thread) {
        return owns(thread) && LockSupport.getBlocker(thread) == POOL && awaitsWork(thread.getStackTrace());
    }

    /** JDK 17 leaves the blocker in place when work has come: a task that sleeps or spins has it still. */
    private static boolean awaitsWork(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getMethodName().equals("awaitWork")
                        && frame.getClassName().equals(ForkJoinPool.class.getName()));
    }
}
