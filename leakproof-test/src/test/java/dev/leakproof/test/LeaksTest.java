package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileSystems;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class LeaksTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Baseline before = Leaks.current();

    @AfterEach
    void letAllEnd() throws InterruptedException {
        Leaky.releaseAll();
    }

    @Test
    void passesWhereNothingIsLeft() {
        assertThatNoException().isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before)));
    }

    @Test
    void needsNoBaseline() {
        // What the JVM, Surefire and JUnit have is known.
        assertThatNoException().isThrownBy(Leaks::verifyNone);
    }

    @Test
    void tellsOfAThreadAllThatIsKnown() {
        Leaky.thread("relay-1");
        assertThatExceptionOfType(ThreadLeakError.class)
                .isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(SHORT)))
                .withMessageContaining("1 thread has outlived the code under test")
                .withMessageContaining("thread 'relay-1' (")
                .withMessageContaining("WAITING")
                .withMessageContaining("in the group main")
                .withMessageContaining("at dev.leakproof.test.Leaky.hang(Leaky.java:")
                .satisfies(error -> assertThat(error.leaks()).hasSize(1));
    }

    @Test
    void waitsForThreadsThatAreAboutToEnd() {
        Thread thread = Leaky.thread("late");
        CompletableFuture.runAsync(
                () -> Leaky.start(new Thread(() -> {}, "ender")),
                CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
        CompletableFuture<Void> released = CompletableFuture.runAsync(
                () -> {
                    try {
                        Leaky.releaseAll();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
        assertThatNoException().isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG)));
        assertThat(thread.isAlive()).isFalse();
        released.join();
    }

    @Test
    void collectsWhatNobodyRefersTo() {
        new Timer("forgotten", true);
        assertThatNoException().isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG)));
    }

    /** Before JDK 21 it takes three seconds, for which the grace that is the default has to suffice on an idle machine. */
    @Test
    void givesAClientThatNobodyRefersToTheTimeToNotice() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:"
                                            + server.getAddress().getPort()))
                                    .build(),
                            BodyHandlers.discarding());
        } finally {
            server.stop(0);
        }
        assertThatNoException().isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG)));
        assertThat(Settings.DEFAULT_GRACE)
                .isGreaterThan(Duration.ofSeconds(Runtime.version().feature() < 21 ? 4 : 1));
    }

    @Test
    void saysHowToEndWhatItKnows() throws Exception {
        Timer timer = new Timer("timer", true);
        ExecutorService executor = Executors.newFixedThreadPool(1, named("executor"));
        executor.submit(() -> {}).get();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1, named("scheduler"));
        scheduler.submit(() -> {}).get();
        WatchService watch = FileSystems.getDefault().newWatchService();
        HttpClient client = HttpClient.newHttpClient();
        ForkJoinPool pool = new ForkJoinPool(1);
        pool.submit(() -> {}).get();
        try {
            List<ThreadLeak> leaks = find();
            assertThat(leaks).extracting(ThreadLeak::remedy).doesNotContainNull();
            assertThat(String.join("\n", leaks.stream().map(ThreadLeak::remedy).toList()))
                    .contains("java.util.Timer", "an executor", "scheduled executor", "WatchService", "HttpClient")
                    .contains("ForkJoinPool");
        } finally {
            timer.cancel();
            executor.shutdown();
            scheduler.shutdown();
            watch.close();
            pool.shutdown();
        }
        assertThat(client.version()).isNotNull();
    }

    @Test
    void doesNotFlagTheIdleCommonPoolButATaskThatIsStuckThere() throws Exception {
        ForkJoinPool.commonPool().submit(() -> {}).join();
        CompletableFuture.supplyAsync(() -> 1, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .join();
        Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG));
        Baseline withPool = Leaks.current();
        CountDownLatch begun = new CountDownLatch(1);
        ForkJoinTask<?> task = ForkJoinPool.commonPool().submit(() -> hang(begun));
        begun.await();
        assertThat(Leaks.find(LeakOption.since(withPool), LeakOption.grace(SHORT)))
                .singleElement()
                .satisfies(leak -> assertThat(leak.remedy()).contains("common pool"));
        assertThat(task.isDone()).isFalse();
        // What was stuck there before is not of concern.
        Leaks.verifyNone(LeakOption.since(Leaks.current()));
    }

    /** It does not say what it waits for: so JDK 17 still has what the idle worker waited for. */
    @ParameterizedTest
    @EnumSource
    void catchesATaskThatWaitsForNothingKnown(Wait how) throws Exception {
        CompletableFuture<Thread> pooled = new CompletableFuture<>();
        ForkJoinPool.commonPool().execute(() -> pooled.complete(Thread.currentThread()));
        await().until(() -> CommonPool.isIdle(pooled.join()));
        Baseline idle = Leaks.current();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ForkJoinTask<?> task = ForkJoinPool.commonPool().submit(() -> how.wait(begun, release));
        try {
            begun.await();
            assertThat(Leaks.find(LeakOption.since(idle), LeakOption.grace(SHORT)))
                    .singleElement()
                    .satisfies(leak -> assertThat(leak.remedy()).contains("common pool"));
        } finally {
            release.countDown();
            task.join();
        }
    }

    enum Wait {
        SLEEPS(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1))),
        SPINS(Thread::onSpinWait);

        private final Runnable step;

        Wait(Runnable step) {
            this.step = step;
        }

        void wait(CountDownLatch begun, CountDownLatch release) {
            begun.countDown();
            while (release.getCount() > 0) {
                step.run();
            }
        }
    }

    @Test
    void doesNotFlagReactorsIdleSchedulersButATaskThatIsStuckThereOrASchedulerOfOnesOwn() throws Exception {
        Scheduler own = Schedulers.newParallel("own", 1);
        try {
            for (Scheduler shared : List.of(Schedulers.parallel(), Schedulers.single(), Schedulers.boundedElastic())) {
                CountDownLatch done = new CountDownLatch(1);
                shared.schedule(done::countDown);
                done.await();
            }
            Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG));

            own.schedule(() -> {});
            CountDownLatch begun = new CountDownLatch(1);
            Schedulers.single().schedule(() -> hang(begun));
            begun.await();
            assertThat(find())
                    .extracting(leak -> leak.thread().name().replaceAll("\\d", "#"))
                    .containsExactlyInAnyOrder("own-#", "single-#");
        } finally {
            Leaky.releaseAll();
            own.dispose();
            Schedulers.shutdownNow();
        }
    }

    @Test
    void catchesHandOffChains() {
        Leaky.passOn();
        assertThat(find())
                .isNotEmpty()
                .allSatisfy(leak -> assertThat(leak.thread().name()).isEqualTo("hand-off"));
    }

    @Test
    void catchesDeadlocks() throws Exception {
        ReentrantLock first = new ReentrantLock();
        ReentrantLock second = new ReentrantLock();
        CountDownLatch both = new CountDownLatch(2);
        Thread one = deadlocked("one", first, second, both);
        Thread two = deadlocked("two", second, first, both);
        await().until(() -> first.hasQueuedThread(two)
                && second.hasQueuedThread(one)
                && one.getState() == Thread.State.WAITING
                && two.getState() == Thread.State.WAITING);
        assertThat(find())
                .hasSize(2)
                .extracting(leak -> leak.thread().waitsFor())
                .allSatisfy(waits -> assertThat(waits).containsPattern("Sync@.*held by '(one|two)'"));
        one.interrupt();
        two.interrupt();
    }

    @Test
    void catchesSpinners() {
        Leaky.start(new Thread(
                () -> {
                    while (!Leaky.isReleased()) {
                        Thread.onSpinWait();
                    }
                },
                "spinner"));
        assertThat(find())
                .singleElement()
                .satisfies(leak -> assertThat(leak.thread().state()).isEqualTo(Thread.State.RUNNABLE));
    }

    @Test
    void namesTheOwnerOfAWorker() {
        try (Owner app = Owner.root("unclosed")) {
            app.start(Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}));
            assertThat(find())
                    .isNotEmpty()
                    .allSatisfy(leak -> assertThat(leak.thread().owner()).startsWith("unclosed"))
                    .allSatisfy(leak -> assertThat(leak.remedy()).contains("close the Owner 'unclosed'"));
        }
        Leaks.verifyNone(LeakOption.since(before));
    }

    @Test
    void doesNotFlagNewRunsOfAWorkerThatRanBefore() throws Exception {
        try (Owner app = Owner.root("running")) {
            AtomicInteger beats = new AtomicInteger();
            CountDownLatch hang = new CountDownLatch(1);
            app.start(Heartbeat.named("ping").every(Duration.ofMillis(1)).beat(ctx -> {
                if (beats.incrementAndGet() > 5) {
                    hang.await();
                }
            }));
            Baseline running = Leaks.current();
            await().until(() -> beats.get() > 5);
            Leaks.verifyNone(LeakOption.since(running), LeakOption.grace(SHORT));
            hang.countDown();
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void catchesVirtualThreadsAndTellsThoseOfOneStackAsOne() throws Exception {
        ThreadFactory factory = Leaky.virtualThreads();
        for (int i = 0; i < 50; i++) {
            Leaky.hanging(factory.newThread(Leaky::hang));
        }
        assertThatExceptionOfType(ThreadLeakError.class)
                .isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(SHORT)))
                .withMessageContaining("50 threads have")
                .withMessageContaining("1. 50 virtual threads with one stack, such as virtual thread ''")
                .satisfies(error -> assertThat(error.getMessage()).doesNotContain("\n  2. "))
                .satisfies(
                        error -> assertThat(error.getMessage().lines().count()).isLessThan(50));
        Leaks.verifyNone(LeakOption.since(Leaks.current()));
        Leaky.releaseAll();
        Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(LONG));
    }

    @Test
    void boundsWhatItTells() {
        for (int i = 0; i < 30; i++) {
            Leaky.thread("many-" + i);
        }
        assertThatExceptionOfType(ThreadLeakError.class)
                .isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(SHORT)))
                .withMessageContaining("30 threads have")
                .withMessageContaining("... and 10 more");
    }

    @Test
    void saysWhetherALeakSurvivesAnInterrupt() {
        Leaky.thread("stubborn");
        Leaky.hanging(new Thread(Leaky::hangUnlessInterrupted, "polite"));
        assertThatExceptionOfType(ThreadLeakError.class)
                .isThrownBy(() ->
                        Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(SHORT), LeakOption.interrupting()))
                .withMessageContaining("survived an interrupt")
                .withMessageContaining("ended when interrupted");
    }

    @Test
    void keepsTheInterruptFlagOfItsCaller() {
        Leaky.thread("left");
        Thread.currentThread().interrupt();
        long begun = System.nanoTime();
        assertThat(find()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(SHORT);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void overlooksWhatIsAllowed() {
        Thread thread = Leaky.hanging(new Thread(new ThreadGroup("theirs"), Leaky::hang, "vendor-7"));
        List<Allowance> each = List.of(
                Allowance.ofThread(thread, "it is known"),
                Allowance.ofName("vendor-\\d+", "their pool cannot be closed"),
                Allowance.ofGroup("theirs", "they clean up"),
                Allowance.ofType("java.lang.Thread", "any"),
                Allowance.ofStack(
                        stack -> stack.stream()
                                .anyMatch(frame -> frame.getMethodName().equals("hang")),
                        "it hangs on purpose"),
                Allowance.of(live -> !live.virtual(), "no platform thread matters"));
        for (Allowance allowance : each) {
            Leaks.verifyNone(LeakOption.since(before), LeakOption.grace(Duration.ZERO), LeakOption.allow(allowance));
        }
        assertThat(Leaks.find(
                        LeakOption.since(before),
                        LeakOption.grace(SHORT),
                        LeakOption.allow(Allowance.ofName("vendor", "matches no whole name"))))
                .hasSize(1);
    }

    @Test
    void failsWhenAnAllowanceFails() {
        Leaky.thread("left");
        Allowance broken = Allowance.of(
                live -> {
                    throw new IllegalArgumentException("oops");
                },
                "it was meant well");
        assertThatIllegalStateException()
                .isThrownBy(() -> Leaks.verifyNone(LeakOption.since(before), LeakOption.allow(broken)))
                .withMessageContaining("it was meant well")
                .withMessageContaining("'left'");
    }

    @Test
    void refusesMisuse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Allowance.ofName("x", " "))
                .withMessageContaining("reason");
        assertThatIllegalArgumentException().isThrownBy(() -> LeakOption.grace(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> LeakOption.grace(Duration.ofHours(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Leaks.verifyNone(LeakOption.grace(SHORT), LeakOption.grace(LONG)))
                .withMessageContaining("'grace'");
    }

    private List<ThreadLeak> find() {
        return Leaks.find(LeakOption.since(before), LeakOption.grace(SHORT));
    }

    private static void hang(CountDownLatch begun) {
        begun.countDown();
        Leaky.hang();
    }

    private static ThreadFactory named(String name) {
        return task -> new Thread(task, name);
    }

    private static Thread deadlocked(String name, ReentrantLock first, ReentrantLock second, CountDownLatch both) {
        return Leaky.start(new Thread(
                () -> {
                    first.lock();
                    both.countDown();
                    try {
                        both.await();
                        second.lockInterruptibly();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        first.unlock();
                    }
                },
                name));
    }
}
