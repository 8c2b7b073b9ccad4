package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** Spring's executor with a virtual thread for each task. */
public final class SpringExecutors implements Peer {

    @Override
    public String name() {
        return "Spring SimpleAsyncTaskExecutor";
    }

    @Override
    public void forkAndJoin(int n) throws Exception {
        try (SimpleAsyncTaskExecutor executor = executor()) {
            List<Future<Object>> futures = new ArrayList<>(n);
            for (int i = 0; i < n; i++) {
                futures.add(executor.submit(() -> null));
            }
            for (Future<Object> future : futures) {
                future.get();
            }
        }
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        long begun;
        try (SimpleAsyncTaskExecutor executor = executor()) {
            for (int i = 0; i < n; i++) {
                executor.execute(() -> Parking.park(parked));
            }
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
        }
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) {
        throw new UnsupportedOperationException("It knows of no parents");
    }

    private static SimpleAsyncTaskExecutor executor() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
        executor.setVirtualThreads(true);
        executor.setCancelRemainingTasksOnClose(true);
        executor.setTaskTerminationTimeout(60_000); // so that it awaits them
        return executor;
    }
}
