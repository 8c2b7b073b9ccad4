package dev.leakproof.benchmarks;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.slf4j.MDC;

/** What it costs to have children do nothing and to wait for them, from a virtual thread. */
final class ForkContest {

    /** Ten times what a turn takes whose work is over in microseconds; after one such turn it still shows who ran before. */
    private static final Duration RUNNING_IN = Duration.ofMillis(20);

    /** One contestant has about so many children in a round. */
    private static final int CHILDREN_A_ROUND = 20_000;

    /** The largest first: for the smallest, the compilers are then done with what each contestant does. */
    private static final int[] SIZES = {10_000, 1_000, 100, 1};

    private ForkContest() {}

    public static void main(String[] args) throws Exception {
        boolean one = "1".equals(System.getProperty("jdk.virtualThreadScheduler.parallelism"));
        List<Peer> peers = Contestants.peers();
        Groups carrying = Groups.carrying();
        try (ExecutorService kept = Executors.newVirtualThreadPerTaskExecutor()) {
            ListeningExecutorService listening = MoreExecutors.listeningDecorator(kept);
            for (int size : SIZES) {
                int times = Math.max(1, CHILDREN_A_ROUND / (size == 1 ? 10 : size));
                Contest contest = Contest.in(one ? "fork-one-carrier" : "fork", String.format(Locale.ROOT, "%,d", size))
                        .size(size)
                        .runningIn(RUNNING_IN)
                        .limit("bare virtual threads", measured(times, size, new Bare()::forkAndJoin));
                contest.with(carrying.name(), measured(times, size, carrying::forkAndJoin));
                contest.with("bare virtual threads that set the MDC", measured(times, size, ForkContest::bareWithMdc));
                peers.forEach(peer -> contest.with(peer.name(), measured(times, size, peer::forkAndJoin)));
                contest.with("invokeAll, executor kept", measured(times, size, n -> invokeAll(kept, n)));
                contest.with("Guava allAsList, executor kept", measured(times, size, n -> guava(listening, n)));
                contest.run(Settings.rounds(24, 10));
            }
        }
        System.exit(0); // some peers keep threads
    }

    private interface Work {
        void of(int children) throws Exception;
    }

    private static Measured measured(int times, int size, Work work) {
        Measured measured = Measured.nanosPer(times * size, () -> {
            for (int i = 0; i < times; i++) {
                work.of(size);
            }
        });
        return () -> onVirtualThread(measured);
    }

    /** Has it run on a virtual thread that begins with it: what waits is frozen, and that is not to include the contest. */
    private static double onVirtualThread(Measured measured) throws Exception {
        FutureTask<Double> task = new FutureTask<>(() -> {
            MDC.put("request", "4711"); // something to carry
            return measured.once();
        });
        Thread.startVirtualThread(task);
        return task.get();
    }

    private static void bareWithMdc(int n) throws InterruptedException {
        Map<String, String> context = MDC.getCopyOfContextMap();
        CountDownLatch latch = new CountDownLatch(n);
        for (int i = 0; i < n; i++) {
            Thread.startVirtualThread(() -> {
                MDC.setContextMap(context);
                latch.countDown();
            });
        }
        latch.await();
    }

    private static void invokeAll(ExecutorService executor, int n) throws InterruptedException {
        executor.invokeAll(Collections.nCopies(n, (Callable<?>) () -> null));
    }

    private static void guava(ListeningExecutorService executor, int n) throws Exception {
        List<ListenableFuture<Object>> futures = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            futures.add(executor.submit(() -> null));
        }
        Futures.allAsList(futures).get();
    }
}
