package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The JDK's executor with a virtual thread for each task. */
public final class PerTaskExecutors implements Peer {

    @Override
    public String name() {
        return "per-task executor, closed";
    }

    @Override
    public void forkAndJoin(int n) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < n; i++) {
                executor.submit(() -> null);
            }
        }
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        long begun;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < n; i++) {
                executor.submit(() -> Parking.park(parked));
            }
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
            executor.shutdownNow();
        }
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(Peer.treeSize(depth));
        long begun;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            submitBranches(executor, depth, parked);
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
            executor.shutdownNow();
        }
        return System.nanoTime() - begun;
    }

    private static void submitBranches(ExecutorService executor, int depth, CountDownLatch parked) {
        for (int i = 0; i < FAN_OUT; i++) {
            executor.submit(() -> branch(depth - 1, parked));
        }
    }

    private static void branch(int depth, CountDownLatch parked) {
        if (depth == 0) {
            Parking.park(parked);
            return;
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            submitBranches(executor, depth, parked);
            parked.countDown();
        } // whoever waits here and is interrupted, interrupts
    }
}
