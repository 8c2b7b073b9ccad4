package dev.leakproof.test;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** Threads that leak until they are released. */
final class Leaky {

    private static final Queue<Thread> MADE = new ConcurrentLinkedQueue<>();
    private static volatile CountDownLatch release = new CountDownLatch(1);

    private Leaky() {}

    /** One that hangs by the time that this returns, so that all that is to be told of it holds still. */
    static Thread thread(String name) {
        return hanging(new Thread(Leaky::hang, name));
    }

    /** Starts it, and waits until it hangs. */
    static Thread hanging(Thread thread) {
        start(thread);
        while (thread.getState() != Thread.State.WAITING) {
            Thread.yield();
        }
        return thread;
    }

    static Thread start(Thread thread) {
        MADE.add(thread);
        thread.start();
        return thread;
    }

    /** Waits for the release, whatever interrupts it. */
    static void hang() {
        CountDownLatch until = release;
        while (until.getCount() > 0) {
            try {
                until.await();
            } catch (InterruptedException e) {
                // Only the release ends it.
            }
        }
    }

    static void hangUnlessInterrupted() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean isReleased() {
        return release.getCount() == 0;
    }

    /** Each thread starts the next and ends. */
    static void passOn() {
        if (!isReleased()) {
            start(new Thread(Leaky::passOn, "hand-off"));
        }
    }

    static ThreadFactory virtualThreads() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }

    static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= 21;
    }

    /** Lets all end, and waits until they have. */
    static void releaseAll() throws InterruptedException {
        CountDownLatch released = release;
        released.countDown();
        for (Thread thread = MADE.poll(); thread != null; thread = MADE.poll()) {
            thread.join();
        }
        release = new CountDownLatch(1);
    }
}
