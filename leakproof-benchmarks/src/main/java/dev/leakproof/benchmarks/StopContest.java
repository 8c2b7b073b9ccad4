package dev.leakproof.benchmarks;

import com.google.common.util.concurrent.AbstractExecutionThreadService;
import com.google.common.util.concurrent.Service;
import com.google.common.util.concurrent.ServiceManager;
import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What it costs to stop long-lived workers on platform threads and to wait for their end. */
final class StopContest {

    private static final int WORKERS = 1_000;

    /** In seconds: a dozen rounds, as what a stop does once a worker is not compiled before. */
    private static final double WARM_UP = Settings.isShort() ? 1 : 12;

    private StopContest() {}

    private interface Stop {
        /** Has so many parked, and returns the nanoseconds from the stop until all have ended. */
        long of(int workers) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Contest.in("stop", String.format(Locale.ROOT, "%,d", WORKERS))
                .warmUp(WARM_UP)
                .collecting()
                .limit("bare threads", each(StopContest::bare))
                .with("Owner of ManagedWorkers", each(StopContest::owner))
                .with("ThreadPoolExecutor", each(StopContest::pool))
                .with("Guava ServiceManager", each(StopContest::services))
                .with("Spring ThreadPoolTaskScheduler", each(StopContest::scheduler))
                .run(Settings.rounds(16, 8));
        System.exit(0);
    }

    private static Measured each(Stop stop) {
        return () -> (double) stop.of(WORKERS) / WORKERS;
    }

    private static long bare(int n) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        CountDownLatch ended = new CountDownLatch(n);
        Thread[] threads = new Thread[n];
        for (int i = 0; i < n; i++) {
            threads[i] = new Thread(() -> {
                Parking.park(parked);
                ended.countDown();
            });
            threads[i].start();
        }
        Parking.await(parked, Parking::settle);
        long begun = System.nanoTime();
        for (Thread thread : threads) {
            thread.interrupt();
        }
        ended.await();
        return System.nanoTime() - begun;
    }

    private static long owner(int n) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        Owner root = Owner.named("app").threads(ThreadKind.PLATFORM).build();
        root.start();
        for (int i = 0; i < n; i++) {
            root.start(ManagedWorker.named("worker-" + i).run(ctx -> Parking.park(parked)));
        }
        Parking.await(parked, Parking::settle);
        long begun = System.nanoTime();
        root.stop();
        return System.nanoTime() - begun;
    }

    private static long pool(int n) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        ExecutorService pool = Executors.newFixedThreadPool(n);
        for (int i = 0; i < n; i++) {
            pool.execute(() -> Parking.park(parked));
        }
        Parking.await(parked, Parking::settle);
        long begun = System.nanoTime();
        pool.shutdownNow();
        pool.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
        return System.nanoTime() - begun;
    }

    private static long services(int n) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        List<Service> services = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            services.add(new AbstractExecutionThreadService() {

                private volatile Thread thread;

                @Override
                protected void run() {
                    thread = Thread.currentThread();
                    Parking.park(parked);
                }

                @Override
                protected void triggerShutdown() {
                    thread.interrupt();
                }
            });
        }
        ServiceManager manager = new ServiceManager(services);
        manager.startAsync().awaitHealthy();
        Parking.await(parked, Parking::settle);
        long begun = System.nanoTime();
        manager.stopAsync().awaitStopped();
        return System.nanoTime() - begun;
    }

    private static long scheduler(int n) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setPoolSize(n);
        scheduler.setAwaitTerminationSeconds(60);
        scheduler.initialize();
        for (int i = 0; i < n; i++) {
            scheduler.execute(() -> Parking.park(parked));
        }
        Parking.await(parked, Parking::settle);
        long begun = System.nanoTime();
        scheduler.shutdown();
        return System.nanoTime() - begun;
    }
}
