package dev.leakproof;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StopThreadsTest {

    @Test
    void watchEndsThoughItsWakeUpWasUsedUpByALockOfTheTimetable() throws InterruptedException {
        CountDownLatch inTimetable = new CountDownLatch(1);
        AtomicBoolean stopped = new AtomicBoolean();
        StopThreads threads = new StopThreads("app", Threads::make, () -> {
            inTimetable.countDown();
            while (!stopped.get()) {
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(1); // as who waits for a lock
            return Long.MAX_VALUE;
        });
        threads.start();
        inTimetable.await();
        List<Thread> ending = threads.stop();
        stopped.set(true);
        await().until(() -> ending.stream().noneMatch(Thread::isAlive));
    }
}
