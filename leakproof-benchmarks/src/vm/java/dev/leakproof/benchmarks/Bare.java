package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;

/** The limit: virtual threads and a latch. */
public final class Bare implements Peer {

    @Override
    public String name() {
        return "bare virtual threads";
    }

    @Override
    public void forkAndJoin(int n) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(n);
        for (int i = 0; i < n; i++) {
            Thread.startVirtualThread(latch::countDown);
        }
        latch.await();
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        CountDownLatch ended = new CountDownLatch(n);
        Thread[] threads = new Thread[n];
        for (int i = 0; i < n; i++) {
            threads[i] = Thread.startVirtualThread(() -> {
                Parking.park(parked);
                ended.countDown();
            });
        }
        Parking.await(parked, whenParked);
        long begun = System.nanoTime();
        for (Thread thread : threads) {
            thread.interrupt();
        }
        ended.await();
        return System.nanoTime() - begun;
    }

    /** An array serves as well: it is the limit. */
    @Override
    public long parkTree(int depth, Runnable whenParked) throws InterruptedException {
        return parkFlat(Peer.treeSize(depth), whenParked);
    }
}
