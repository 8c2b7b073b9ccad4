package dev.leakproof.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerBody;
import dev.leakproof.census.Suspect.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The third and the fourth shape of a leak, while they happen: a spin, and a lock that does not come. */
class SuspectWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Owner app = Owner.root("watched");
    private final AtomicLong nanos = new AtomicLong();
    private final SuspectWatch watch = watch(0.8, ThreadCensus.knowing());
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        app.close();
    }

    @Test
    void findsAWorkerThatSpins() {
        worker("spinner", ctx -> {
            while (!ctx.isStopping()) {
                Thread.onSpinWait();
            }
        });
        worker("sleeper", ctx -> ctx.sleep(Duration.ofHours(1)));
        // A share that a thread gets even where the processors are busy; the clock is the real one.
        SuspectWatch real = new SuspectWatch(ThreadCensus.knowing(), Duration.ofMillis(1), 0.02, System::nanoTime);
        await().atMost(LONG).untilAsserted(() -> {
            List<Suspect> suspects = real.look();
            assertThat(suspects)
                    .extracting(suspect -> suspect.thread().owner())
                    .contains("watched/spinner")
                    .doesNotContain("watched/sleeper");
            Suspect spinner = of("watched/spinner", suspects);
            assertThat(spinner.trouble()).isEqualTo(Trouble.SPINNING);
            assertThat(spinner.lasting()).isPositive();
            assertThat(spinner.thread().stack()).isNotEmpty();
            assertThat(spinner).asString().contains("'watched/spinner'", "has been spinning for");
        });
    }

    @Test
    void doesNotSuspectWorkThatWaits() throws InterruptedException {
        CountDownLatch inBody = new CountDownLatch(1);
        worker("patient", ctx -> {
            inBody.countDown();
            release.await();
        });
        inBody.await();
        for (int i = 0; i < 5; i++) {
            assertThat(lookLater(Duration.ofMinutes(1))).isEmpty();
        }
    }

    @Test
    void findsAWorkerThatIsBlockedAndTellsWhoHoldsTheLock() throws InterruptedException {
        Object lock = new Object();
        CountDownLatch held = new CountDownLatch(1);
        worker("holder", ctx -> {
            synchronized (lock) {
                held.countDown();
                awaitRelease();
            }
        });
        held.await();
        ManagedWorker blocked = worker("blocked", ctx -> {
            synchronized (lock) {
                lock.notifyAll();
            }
        });
        await().atMost(LONG).until(() -> state(blocked) == Thread.State.BLOCKED);
        assertThat(watch.look()).isEmpty();
        assertThat(lookLater(PATIENCE.minusMillis(1))).isEmpty();
        assertThat(lookLater(Duration.ofMillis(1))).singleElement().satisfies(suspect -> {
            assertThat(suspect.trouble()).isEqualTo(Trouble.BLOCKED);
            assertThat(suspect.thread().owner()).isEqualTo("watched/blocked");
            assertThat(suspect.lasting()).isEqualTo(PATIENCE);
            assertThat(suspect.holder()).isNotNull();
            assertThat(suspect.holder().owner()).isEqualTo("watched/holder");
            assertThat(suspect.holder().stack().toString()).contains("awaitRelease");
            assertThat(suspect).asString().contains("blocked for 30 s by java.lang.Object@", "of 'watched/holder'");
        });
        release.countDown();
        assertThat(blocked.await(LONG)).isTrue();
        assertThat(lookLater(PATIENCE)).isEmpty();
    }

    @Test
    void tellsOfAForeignHolderByItsOwner() throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        CountDownLatch held = new CountDownLatch(1);
        Thread theirs = new Thread(() -> {
            lock.lock();
            try {
                held.countDown();
                awaitRelease();
            } finally {
                lock.unlock();
            }
        });
        theirs.start();
        held.await();
        ManagedWorker blocked = worker("blocked", ctx -> lock.lockInterruptibly());
        await().atMost(LONG).until(() -> lock.hasQueuedThreads() && state(blocked) == Thread.State.WAITING);
        SuspectWatch knowing = watch(0.8, ThreadCensus.knowing(live -> live.thread() == theirs ? "theirs" : null));
        knowing.look();
        nanos.addAndGet(PATIENCE.toNanos());
        assertThat(knowing.look()).singleElement().satisfies(suspect -> {
            assertThat(suspect.trouble()).isEqualTo(Trouble.BLOCKED);
            assertThat(suspect.holder()).isNotNull();
            assertThat(suspect.holder().owner()).isEqualTo("theirs");
            assertThat(suspect.holder().ownership()).isEqualTo(Ownership.FOREIGN);
        });
        release.countDown();
        theirs.join(TimeUnit.SECONDS.toMillis(30));
    }

    @Test
    void findsADeadlockWithoutWaitingForThePatience() {
        ReentrantLock first = new ReentrantLock();
        ReentrantLock second = new ReentrantLock();
        CountDownLatch both = new CountDownLatch(2);
        worker("one", ctx -> lockBoth(first, second, both));
        worker("two", ctx -> lockBoth(second, first, both));
        await().atMost(LONG).until(() -> first.hasQueuedThreads() && second.hasQueuedThreads());
        // Both wait, though perhaps not yet parked: the second look that finds them so decides.
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(lookLater(Duration.ofMillis(1)))
                        .hasSize(2)
                        .allSatisfy(suspect -> {
                            assertThat(suspect.trouble()).isEqualTo(Trouble.DEADLOCKED);
                            assertThat(suspect.lasting()).isLessThan(PATIENCE);
                            assertThat(suspect.holder()).isNotNull();
                            assertThat(suspect.holder().owner()).startsWith("watched/");
                        }));
    }

    @Test
    void doesNotSuspectOneThatWaitsForOneLockAgainAndAgain() {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        try {
            AtomicLong tries = new AtomicLong();
            worker("trying", ctx -> {
                while (!ctx.isStopping()) {
                    if (lock.tryLock(1, TimeUnit.MILLISECONDS)) {
                        lock.unlock();
                    }
                    tries.incrementAndGet();
                }
            });
            for (int i = 0; i < 5; i++) {
                long before = tries.get();
                await().atMost(LONG).until(() -> tries.get() > before + 2);
                assertThat(lookLater(PATIENCE.multipliedBy(2))).isEmpty();
            }
        } finally {
            lock.unlock();
        }
    }

    @Test
    void refusesNoPatience() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SuspectWatch(ThreadCensus.knowing(), Duration.ZERO))
                .withMessageContaining("longer than zero");
    }

    private SuspectWatch watch(double share, ThreadCensus census) {
        return new SuspectWatch(census, PATIENCE, share, nanos::get);
    }

    private List<Suspect> lookLater(Duration passed) {
        nanos.addAndGet(passed.toNanos());
        return watch.look();
    }

    private ManagedWorker worker(String name, WorkerBody body) {
        return app.start(ManagedWorker.named(name).threads(ThreadKind.PLATFORM).run(body));
    }

    private static Thread.State state(ManagedWorker worker) {
        return ThreadCensus.knowing().platform().stream()
                .filter(live -> worker.path().equals(live.owner()))
                .map(LiveThread::state)
                .findFirst()
                .orElse(Thread.State.NEW);
    }

    private static Suspect of(String owner, List<Suspect> suspects) {
        return suspects.stream()
                .filter(suspect -> owner.equals(suspect.thread().owner()))
                .findFirst()
                .orElseThrow();
    }

    private static void lockBoth(ReentrantLock first, ReentrantLock second, CountDownLatch both)
            throws InterruptedException {
        first.lock();
        try {
            both.countDown();
            both.await();
            second.lockInterruptibly();
        } finally {
            first.unlock();
        }
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
