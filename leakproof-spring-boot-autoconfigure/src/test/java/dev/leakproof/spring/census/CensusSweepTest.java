package dev.leakproof.spring.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.Suspect.Trouble;
import dev.leakproof.census.SuspectWatch;
import dev.leakproof.census.ThreadCensus;
import dev.leakproof.census.ThreadCreators;
import dev.leakproof.census.ThreadOwners;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is counted, and what is warned of. */
@ExtendWith(OutputCaptureExtension.class)
class CensusSweepTest {

    private static final Duration THRESHOLD = Duration.ofMinutes(10);

    private final AtomicLong nanos = new AtomicLong();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final CensusSweep sweep = sweep(List.of(), null);

    @AfterEach
    void letAllEnd() throws InterruptedException {
        release.countDown();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        }
    }

    @Test
    void countsThreadsByTheirOwnership() {
        try (Owner app = Owner.root("swept")) {
            app.start(ManagedWorker.named("work")
                    .threads(ThreadKind.PLATFORM)
                    .run(ctx -> ctx.sleep(Duration.ofHours(1))));
            parked("stray-counted");
            // The worker's and four that serve the tree.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(swept(Duration.ZERO).count(Ownership.OWN))
                            .isGreaterThanOrEqualTo(5));
            assertThat(sweep.latest().count(Ownership.UNOWNED)).isPositive();
            assertThat(sweep.latest().count(Ownership.INFRASTRUCTURE)).isGreaterThan(3);
        }
    }

    @Test
    void warnsOnceOfAThreadThatNobodyOwns(CapturedOutput output) {
        parked("stray-poller");
        swept(Duration.ZERO);
        swept(THRESHOLD.minusMillis(1));
        assertThat(output).doesNotContain("stray-poller");
        assertThat(sweep.latest().overdue()).noneMatch(CensusSweepTest::isStray);
        Sweep late = swept(Duration.ofMillis(1));
        assertThat(late.overdue())
                .filteredOn(CensusSweepTest::isStray)
                .singleElement()
                .satisfies(unowned -> assertThat(unowned.seen()).isEqualTo(THRESHOLD));
        assertThat(output)
                .containsOnlyOnce("'stray-poller'")
                .contains("Nobody owns thread 'stray-poller'", "in the group main", "seen for 600 s")
                .contains("runs dev.leakproof.spring.census.CensusSweepTest.")
                .contains("ThreadOwners bean");
        for (int i = 0; i < 3; i++) {
            assertThat(swept(THRESHOLD).overdue()).anyMatch(CensusSweepTest::isStray);
        }
        assertThat(output).containsOnlyOnce("'stray-poller'");
    }

    @Test
    void forgetsAThreadThatHasEnded() throws InterruptedException {
        Thread thread = parked("stray-ending");
        swept(Duration.ZERO);
        assertThat(swept(THRESHOLD).overdue()).anyMatch(CensusSweepTest::isStray);
        release.countDown();
        thread.join();
        assertThat(swept(THRESHOLD).overdue()).noneMatch(CensusSweepTest::isStray);
    }

    @Test
    void doesNotWarnOfAPoolThatWaitsForWorkWhoeverOwnsIt(CapturedOutput output) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1, task -> new Thread(task, "stray-pooled"));
        Thread pooled = pool.submit(Thread::currentThread).get();
        await().until(() -> pooled.getState() == Thread.State.WAITING);
        try {
            swept(Duration.ZERO);
            assertThat(swept(THRESHOLD).overdue()).noneMatch(CensusSweepTest::isStray);
            // One that never comes back from its work is another matter.
            CountDownLatch inTask = new CountDownLatch(1);
            pool.execute(() -> {
                inTask.countDown();
                awaitRelease();
            });
            inTask.await();
            assertThat(swept(THRESHOLD).overdue()).anyMatch(CensusSweepTest::isStray);
            assertThat(output).containsOnlyOnce("'stray-pooled'");
        } finally {
            release.countDown();
            pool.shutdown();
            assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void asksWhoIsSaidToOwnIt(CapturedOutput output) {
        ThreadOwners theirs = live ->
                live.stack().stream().anyMatch(frame -> frame.getMethodName().equals("awaitRelease")) ? "theirs" : null;
        CensusSweep knowing = sweep(List.of(theirs), null);
        parked("stray-owned");
        knowing.run();
        nanos.addAndGet(THRESHOLD.toNanos());
        knowing.run();
        assertThat(knowing.latest().overdue()).noneMatch(CensusSweepTest::isStray);
        assertThat(output).doesNotContain("stray-owned");
    }

    @Test
    void boundsItsWarnings(CapturedOutput output) {
        for (int i = 0; i < 30; i++) {
            parked("stray-many-" + i);
        }
        for (int i = 0; i < 3; i++) {
            swept(Duration.ofSeconds(20));
        }
        assertThat(swept(THRESHOLD).overdue())
                .filteredOn(CensusSweepTest::isStray)
                .hasSize(30);
        assertThat(output.toString().lines().filter(line -> line.contains("Nobody owns thread")))
                .hasSize(10);
        assertThat(output).containsPattern("Nobody owns \\d+ more threads");
    }

    @Test
    @Tag("slow")
    void saysWhoStartedItWhereThatIsRecorded(CapturedOutput output) {
        try (ThreadCreators creators = new ThreadCreators()) {
            CensusSweep recording = sweep(List.of(), creators);
            parked("stray-started");
            recording.run();
            nanos.addAndGet(THRESHOLD.toNanos());
            recording.run();
            assertThat(output)
                    .containsPattern("'stray-started'.*started by 'main' at "
                            + "dev.leakproof.spring.census.CensusSweepTest.parked\\(CensusSweepTest.java:\\d+\\)");
        }
    }

    @Test
    void warnsOnceOfAWorkerThatIsBlocked(CapturedOutput output) {
        ReentrantLock lock = new ReentrantLock();
        try (Owner app = Owner.root("swept")) {
            lock.lock();
            ManagedWorker worker = app.start(
                    ManagedWorker.named("stuck").threads(ThreadKind.PLATFORM).run(ctx -> lock.lockInterruptibly()));
            await().until(lock::hasQueuedThreads);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                swept(Duration.ZERO);
                assertThat(sweep.latest().suspects()).anySatisfy(suspect -> {
                    assertThat(suspect.thread().owner()).isEqualTo(worker.path());
                    assertThat(suspect.trouble()).isEqualTo(Trouble.BLOCKED);
                });
            });
            swept(Duration.ZERO);
            assertThat(output)
                    .containsOnlyOnce("Worker 'swept/stuck'")
                    .containsPattern(
                            "'swept/stuck'.*blocked for .*held by 'main'.* of 'main thread', at .*CensusSweepTest");
        } finally {
            lock.unlock();
        }
    }

    private CensusSweep sweep(List<ThreadOwners> owners, ThreadCreators creators) {
        ServiceCensus census = new ServiceCensus(new BeanThreads(), owners);
        SuspectWatch watch = new SuspectWatch(census.threads(), Duration.ofMillis(1));
        return new CensusSweep(census, watch, THRESHOLD, creators, nanos::get);
    }

    private Sweep swept(Duration later) {
        nanos.addAndGet(later.toNanos());
        sweep.run();
        return sweep.latest();
    }

    private static boolean isStray(Sweep.Unowned unowned) {
        return unowned.thread().name().startsWith("stray-");
    }

    private Thread parked(String name) {
        Thread thread = new Thread(this::awaitRelease, name);
        threads.add(thread);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(ThreadCensus.alive()).contains(thread);
        return thread;
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
