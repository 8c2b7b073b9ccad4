package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** What a parked child does: nothing, until it is interrupted. */
public final class Parking {

    private Parking() {}

    public static void park(CountDownLatch parked) {
        parked.countDown();
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    /** Waits until all that count down are parked. */
    public static void await(CountDownLatch parked, Runnable whenParked) throws InterruptedException {
        parked.await();
        whenParked.run();
    }

    public static void settle() {
        try {
            Thread.sleep(5); // the last one has said so just before it parks
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
