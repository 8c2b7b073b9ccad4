package dev.leakproof.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerBody;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadCensusTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> ctx.sleep(Duration.ofMinutes(1));

    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void releaseAll() {
        release.countDown();
    }

    @Test
    void knowsTheThreadsOfATreeByTheirPaths() {
        try (Owner app = Owner.root("census")) {
            ManagedWorker worker =
                    app.child("mail").start(ManagedWorker.named("send").run(UNTIL_TOLD));
            await().until(() -> worker.snapshot().thread() != null);
            List<String> owners = platform().stream()
                    .filter(live -> live.ownership() == Ownership.OWN)
                    .map(LiveThread::owner)
                    .toList();
            // Ticker, stop watch, stop hand and events serve the tree itself.
            assertThat(owners).contains("census/mail/send");
            assertThat(owners).filteredOn("census"::equals).hasSize(4);
        }
        // In a while, for they may still be on their last lines.
        await().untilAsserted(() -> assertThat(platform())
                .noneMatch(live -> String.valueOf(live.owner()).startsWith("census")));
    }

    @Test
    void knowsALeakedWorkerForWhatItIs() throws InterruptedException {
        Owner app = Owner.root("leaky");
        java.util.concurrent.CountDownLatch inBody = new java.util.concurrent.CountDownLatch(1);
        app.start(
                ManagedWorker.named("stuck").stopTimeout(Duration.ofMillis(50)).run(ctx -> {
                    inBody.countDown();
                    awaitRelease();
                }));
        inBody.await();
        StopReport report = app.stop();
        assertThat(report.isClean()).isFalse();
        assertThat(platform()).anyMatch(live -> "leaky/stuck".equals(live.owner()));
    }

    @Test
    void callsTheJvmsOwnThreadsInfrastructure() throws Exception {
        CompletableFuture.supplyAsync(() -> 1, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .join();
        new ProcessBuilder("true").start().waitFor();
        Map<String, LiveThread> byName = byName();
        assertThat(byName).containsKeys("Reference Handler", "Finalizer", "Signal Dispatcher", "Common-Cleaner");
        await().untilAsserted(() -> assertThat(platform())
                .filteredOn(live -> !live.group().equals("main")
                        || live.name().contains("commonPool")
                        || live.name().contains("Delay"))
                .isNotEmpty()
                .allMatch(live -> live.ownership() == Ownership.INFRASTRUCTURE));
    }

    @Test
    void doesNotTrustANameAlone() {
        for (String name : List.of("Common-Cleaner", "CompletableFutureDelayScheduler", "process reaper", "main")) {
            Thread impostor = started(name, this::awaitRelease);
            assertThat(only(impostor).ownership()).as(name).isEqualTo(Ownership.UNOWNED);
        }
    }

    @Test
    void doesNotTrustTheSystemGroupAlone() {
        Thread impostor = new Thread(PlatformThreads.topGroup(), this::awaitRelease, "Signal Dispatcher");
        impostor.start();
        await().until(() -> impostor.getState() == Thread.State.WAITING);
        assertThat(only(impostor).ownership()).isEqualTo(Ownership.UNOWNED);
    }

    @Test
    void tellsABusyCommonPoolFromAnIdleOne() {
        CompletableFuture<Thread> in = new CompletableFuture<>();
        ForkJoinPool.commonPool().execute(() -> {
            in.complete(Thread.currentThread());
            awaitRelease();
        });
        Thread worker = in.join();
        await().until(() -> worker.getState() == Thread.State.WAITING);
        assertThat(only(worker).ownership()).isEqualTo(Ownership.UNOWNED);
        release.countDown();
        await().untilAsserted(() -> assertThat(new ThreadCensusProbe(worker).isInfrastructureOrGone())
                .isTrue());
    }

    @Test
    void asksForForeignOwnersInTheirOrder() {
        Thread thread = started("pool-of-theirs", this::awaitRelease);
        ThreadOwners theirs = live -> live.name().startsWith("pool-of-theirs") ? "taskExecutor" : null;
        ThreadCensus census = ThreadCensus.knowing(live -> null, theirs, live -> "late");
        assertThat(census.platform(List.of(thread))).singleElement().satisfies(live -> {
            assertThat(live.ownership()).isEqualTo(Ownership.FOREIGN);
            assertThat(live.owner()).isEqualTo("taskExecutor");
        });
    }

    @Test
    void failsWhenAForeignOwnerFails() {
        ThreadCensus census = ThreadCensus.knowing(live -> {
            throw new IllegalStateException("broken");
        });
        Thread thread = started("unlucky", this::awaitRelease);
        assertThatIllegalStateException().isThrownBy(() -> census.platform(List.of(thread)));
    }

    @Test
    void saysWhatABlockedThreadWaitsForAndWhoHoldsIt() throws InterruptedException {
        Object lock = new Object();
        CountDownLatch held = new CountDownLatch(1);
        started("holder", () -> {
            synchronized (lock) {
                held.countDown();
                awaitRelease();
            }
        });
        held.await();
        Thread blocked = new Thread(
                () -> {
                    synchronized (lock) {
                        lock.notifyAll();
                    }
                },
                "blocked");
        blocked.start();
        await().until(() -> blocked.getState() == Thread.State.BLOCKED);
        LiveThread seen = only(blocked);
        assertThat(seen.state()).isEqualTo(Thread.State.BLOCKED);
        assertThat(seen.waitsFor()).startsWith("java.lang.Object@").contains("held by 'holder'");
        assertThat(seen.stack().get(0).getMethodName()).contains("saysWhatABlockedThreadWaitsFor");
    }

    @Test
    void takesNoStackWhereItIsNotAsked() {
        Thread thread = started("plain", this::awaitRelease);
        assertThat(platform())
                .filteredOn(live -> live.thread() == thread)
                .singleElement()
                .satisfies(live -> assertThat(live.stack()).isEmpty());
    }

    @Test
    void seesVirtualThreadsAndWhatHoldsThem() throws Exception {
        assumeTrue(ThreadCensus.seesVirtualThreads());
        try (Owner app = Owner.root("virtual")) {
            app.start(ManagedWorker.named("mine").threads(ThreadKind.VIRTUAL).run(UNTIL_TOLD));
            ExecutorService executor = (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
            executor.execute(this::awaitRelease);
            await().untilAsserted(() -> {
                List<LiveThread> virtual = ThreadCensus.knowing().virtual();
                assertThat(virtual)
                        .filteredOn(live -> "virtual/mine".equals(live.owner()))
                        .singleElement()
                        .satisfies(live -> assertThat(live.ownership()).isEqualTo(Ownership.OWN))
                        .satisfies(live -> assertThat(live.thread()).isNotNull());
                assertThat(virtual)
                        .filteredOn(live -> live.stack().stream()
                                .anyMatch(frame -> frame.getMethodName().equals("awaitRelease")))
                        .singleElement()
                        .satisfies(live -> assertThat(live.ownership()).isEqualTo(Ownership.UNOWNED))
                        .satisfies(live -> assertThat(live.container()).contains("ThreadPerTaskExecutor@"));
            });
            release.countDown();
            executor.shutdown();
            assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** From JDK 25 on these are virtual themselves. */
    @Test
    void theJdksOwnPollersOfSocketsAreInfrastructure() throws Exception {
        assumeTrue(ThreadCensus.seesVirtualThreads());
        try (Owner app = Owner.root("virtual");
                ServerSocket server = new ServerSocket(0);
                Socket client = new Socket("localhost", server.getLocalPort());
                Socket accepted = server.accept()) {
            app.start(ManagedWorker.named("reader")
                    .threads(ThreadKind.VIRTUAL)
                    .onUnblock(client::close)
                    .run(ctx -> client.getInputStream().read()));
            await().until(() -> ThreadCensus.knowing().virtual().stream().anyMatch(live -> isIn(live, "poll")));
            assertThat(ThreadCensus.knowing().virtual())
                    .filteredOn(live -> live.ownership() == Ownership.UNOWNED)
                    .noneMatch(live -> isIn(live, "Loop"));
            accepted.getOutputStream().write(1);
        }
    }

    private static boolean isIn(LiveThread live, String method) {
        return live.stack().stream()
                .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.Poller")
                        && frame.getMethodName().contains(method));
    }

    @Test
    void knowsTheExecutorOfAPlatformThreadWhereTheJvmDoes() throws Exception {
        assumeTrue(ThreadCensus.seesVirtualThreads());
        ExecutorService executor = Executors.newFixedThreadPool(1);
        Thread worker = executor.submit(Thread::currentThread).get();
        assertThat(ThreadCensus.knowing().all())
                .filteredOn(live -> live.thread() == worker)
                .singleElement()
                .satisfies(live -> assertThat(live.container())
                        .isEqualTo("java.util.concurrent.ThreadPoolExecutor@"
                                + Integer.toHexString(System.identityHashCode(executor))));
        executor.shutdown();
    }

    private record ThreadCensusProbe(Thread thread) {

        boolean isInfrastructureOrGone() {
            return ThreadCensus.knowing().platform(List.of(thread)).stream()
                    .allMatch(live -> live.ownership() == Ownership.INFRASTRUCTURE);
        }
    }

    private static List<LiveThread> platform() {
        return ThreadCensus.knowing().platform();
    }

    private static Map<String, LiveThread> byName() {
        return platform().stream().collect(Collectors.toMap(LiveThread::name, Function.identity(), (a, b) -> a));
    }

    private static LiveThread only(Thread thread) {
        return ThreadCensus.knowing().platform(List.of(thread)).get(0);
    }

    private Thread started(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    private void awaitRelease() {
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException e) {
                // Only the release ends it.
            }
        }
    }
}
