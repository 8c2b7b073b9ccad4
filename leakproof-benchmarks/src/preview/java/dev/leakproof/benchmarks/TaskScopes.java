package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;

/** The JDK's own structured concurrency, which is a preview. */
public final class TaskScopes implements Peer {

    @Override
    public String name() {
        return "StructuredTaskScope";
    }

    @Override
    public void forkAndJoin(int n) throws InterruptedException {
        try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < n; i++) {
                scope.fork(() -> null);
            }
            scope.join();
        }
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        long begun;
        try (var scope = StructuredTaskScope.open(Joiner.anySuccessfulResultOrThrow())) {
            for (int i = 0; i < n; i++) {
                scope.fork(() -> {
                    Parking.park(parked);
                    return null;
                });
            }
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
            scope.fork(() -> null); // whose success cancels the others
            scope.join();
        }
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(Peer.treeSize(depth));
        long begun;
        try (var scope = StructuredTaskScope.open(Joiner.anySuccessfulResultOrThrow())) {
            forkBranches(scope, depth, parked);
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
            scope.fork(() -> null);
            scope.join();
        }
        return System.nanoTime() - begun;
    }

    private static void forkBranches(StructuredTaskScope<Object, ?> scope, int depth, CountDownLatch parked) {
        for (int i = 0; i < FAN_OUT; i++) {
            scope.fork(() -> branch(depth - 1, parked));
        }
    }

    private static Object branch(int depth, CountDownLatch parked) throws InterruptedException {
        if (depth == 0) {
            Parking.park(parked);
            return null;
        }
        try (var scope = StructuredTaskScope.open()) {
            forkBranches(scope, depth, parked);
            parked.countDown();
            scope.join();
        }
        return null;
    }
}
