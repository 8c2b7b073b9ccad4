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
        StopThreads threads = new StopThreads(
                "app",
                Threads::make,
                () -> {
                    inTimetable.countDown();
                    while (!stopped.get()) {
                        Thread.onSpinWait();
                    }
                    LockSupport.parkNanos(1); // as who waits for a lock
                    return Long.MAX_VALUE;
                },
                StopThreads.PATIENCE);
        threads.start();
        inTimetable.await();
        List<Thread> ending = threads.stop();
        stopped.set(true);
        await().until(() -> ending.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void handOfAnEarlierStartThatComesBackIsNotTheOneOfALaterStart() throws InterruptedException {
        AtomicBoolean without = new AtomicBoolean();
        StopThreads threads = new StopThreads(
                "app",
                (kind, name, task) -> {
                    if (without.get() && name.startsWith("leakproof-stop-hand")) {
                        throw new OutOfMemoryError("unable to create native thread, on purpose");
                    }
                    return Threads.make(kind, name, task);
                },
                () -> Long.MAX_VALUE,
                StopThreads.PATIENCE);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        threads.start();
        threads.execute(StopThreads.Job.of("a job", "that hangs", () -> {
            begun.countDown();
            while (mayEnd.getCount() > 0) {
                Thread.onSpinWait();
            }
        }));
        begun.await();
        List<Thread> earlier = threads.stop();
        without.set(true);
        threads.start();
        mayEnd.countDown();
        await().until(() -> earlier.stream().noneMatch(Thread::isAlive));
        CountDownLatch done = new CountDownLatch(1);
        threads.execute(StopThreads.Job.of("a", "job", done::countDown));
        await().until(() -> done.getCount() == 0);
        threads.stop();
    }

    @Test
    void timetableIsLookedAtAgainThoughTheNudgeWasUsedUpByALock() throws InterruptedException {
        CountDownLatch planned = new CountDownLatch(1);
        CountDownLatch lookedAgain = new CountDownLatch(2);
        AtomicBoolean nudged = new AtomicBoolean();
        StopThreads threads = new StopThreads(
                "app",
                Threads::make,
                () -> {
                    lookedAgain.countDown();
                    planned.countDown();
                    while (!nudged.get()) {
                        Thread.onSpinWait();
                    }
                    LockSupport.parkNanos(1); // as who waits for a log file, after what is due next was decided
                    return Long.MAX_VALUE;
                },
                StopThreads.PATIENCE);
        threads.start();
        planned.await();
        threads.nudge();
        nudged.set(true);
        await().until(() -> lookedAgain.getCount() == 0);
        threads.stop();
    }
}
