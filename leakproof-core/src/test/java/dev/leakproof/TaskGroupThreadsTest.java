package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The threads of forks: which, how many, what is bound to them, and what happens if there are none. */
class TaskGroupThreadsTest {

    private final Owner app = Owner.root("app");

    @AfterEach
    void close() {
        MDC.clear();
        app.close();
    }

    @EachThreadKind
    void noMoreThanTheLimitRunAndTheRestWaitsWithoutAThread(ThreadKind kind) throws Exception {
        int limit = 3;
        int n = 60;
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch atLimit = new CountDownLatch(limit);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (TaskGroup<Integer> group =
                TaskGroup.in(app, "limited").threads(kind).limit(limit).open()) {
            for (int i = 0; i < n; i++) {
                group.fork(ctx -> {
                    threads.add(Thread.currentThread());
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    atLimit.countDown();
                    mayEnd.await();
                    return running.decrementAndGet();
                });
            }
            assertThat(atLimit.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(threads).hasSize(limit);
            assertThat(group.details()).containsEntry("running", limit).containsEntry("waiting", n - limit);
            mayEnd.countDown();
            assertThat(group.join()).hasSize(n);
        }
        assertThat(most).hasValue(limit);
        if (kind == ThreadKind.PLATFORM) {
            assertThat(threads).as("platform threads go on to the next fork").hasSizeLessThan(n);
        }
    }

    @Test
    void platformThreadsAreBoundedUnlessALimitIsSet() throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        int bound = 4 * Runtime.getRuntime().availableProcessors();
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (TaskGroup<Boolean> group =
                TaskGroup.in(app, "many").threads(ThreadKind.PLATFORM).open()) {
            for (int i = 0; i < 3 * bound; i++) {
                group.fork(ctx -> {
                    mayEnd.await();
                    return threads.add(Thread.currentThread());
                });
            }
            assertThat(group.details()).containsEntry("running", bound).containsEntry("limit", bound);
            mayEnd.countDown();
            group.join();
        }
        assertThat(threads).hasSizeLessThanOrEqualTo(3 * bound);
        assertThat(threads).allSatisfy(thread -> assertThat(thread.isDaemon()).isTrue());
    }

    @EachThreadKind
    void kindIsThatOfTheOwnerUnlessSet(ThreadKind kind) throws Exception {
        try (Owner owner = Owner.named("owner").threads(kind).build()) {
            owner.start();
            try (TaskGroup<Boolean> group = TaskGroup.in(owner, "kind").open()) {
                group.fork(ctx -> VirtualThreads.isVirtual(Thread.currentThread()));
                assertThat(group.join()).containsExactly(kind == ThreadKind.VIRTUAL);
            }
        }
    }

    @EachThreadKind
    void interruptMeantForOneForkDoesNotHitTheNextOnTheSameThread(ThreadKind kind) throws Exception {
        for (int round = 0; round < 200; round++) {
            try (TaskGroup<Boolean> group =
                    TaskGroup.in(app, "reused").threads(kind).limit(1).open()) {
                group.fork(ctx -> {
                    Thread.currentThread().interrupt();
                    return true;
                });
                group.fork(ctx -> Thread.currentThread().isInterrupted());
                assertThat(group.join()).containsExactly(true, false);
            }
        }
    }

    @EachThreadKind
    void forkWithoutAThreadHasFailedAndTheOthersGoOn(ThreadKind kind) throws Exception {
        for (int limit : new int[] {1, 10}) {
            AtomicInteger made = new AtomicInteger();
            CountDownLatch forked = new CountDownLatch(1);
            try (TaskGroup<String> group = TaskGroup.in(app, "starved")
                    .threads(kind)
                    .limit(limit)
                    .threadsFrom(task -> switch (made.incrementAndGet()) {
                        case 2 -> throw new OutOfMemoryError("thrown on purpose");
                        case 3 -> null;
                        default -> Threads.make(kind, "t", task);
                    })
                    .open()) {
                for (int i = 0; i < 10; i++) {
                    group.fork(ctx -> {
                        forked.await();
                        return "done";
                    });
                }
                forked.countDown();
                List<ForkResult<String>> results = group.joinAll();
                assertThat(results).hasSize(10);
                List<Throwable> failures = new ArrayList<>();
                results.stream()
                        .filter(result -> !result.isSuccess())
                        .forEach(result -> failures.add(result.failure()));
                if (kind == ThreadKind.VIRTUAL || limit == 10) {
                    assertThat(failures)
                            .hasSize(2)
                            .allSatisfy(failure -> assertThat(failure)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("No thread could be had for fork 'app/starved/"));
                    assertThat(failures.get(0)).hasRootCauseInstanceOf(OutOfMemoryError.class);
                } else {
                    assertThat(failures).as("one thread does it all").isEmpty();
                }
            }
        }
    }

    @EachThreadKind
    void groupWhoseThreadsCannotBeHadEndsWithoutAny(ThreadKind kind) {
        try (TaskGroup<String> group = TaskGroup.in(app, "none")
                .threads(kind)
                .limit(2)
                .threadsFrom(task -> null)
                .open()) {
            for (int i = 0; i < 10_000; i++) {
                group.fork(ctx -> "never");
            }
            assertThatExceptionOfType(ForkFailedException.class).isThrownBy(group::join);
        }
    }

    @EachThreadKind
    void nothingIsLeftOfManyGroups(ThreadKind kind) throws Exception {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 1_000; i++) {
            try (TaskGroup<Integer> group =
                    TaskGroup.in(app, "request").threads(kind).limit(2).open()) {
                for (int j = 0; j < 3; j++) {
                    group.fork(ctx -> {
                        threads.add(Thread.currentThread());
                        return 1;
                    });
                }
                if (i % 2 == 0) {
                    group.join();
                }
            }
        }
        await().untilAsserted(() -> assertThat(threads).noneMatch(Thread::isAlive));
        assertThat(app.snapshot().children()).isEmpty();
    }

    @EachThreadKind
    void forkSeesTheMdcOfWhoOpenedTheGroupAndLeavesNothingBehind(ThreadKind kind) throws Exception {
        MDC.put("request", "42");
        try (TaskGroup<String> group =
                TaskGroup.in(app, "mdc").threads(kind).limit(1).open()) {
            group.fork(ctx -> {
                String seen = MDC.get("request");
                MDC.put("request", "changed");
                MDC.put("own", "x");
                return seen;
            });
            group.fork(ctx -> MDC.get("request") + MDC.get("own"));
            assertThat(group.join()).containsExactly("42", "42null");
        }
        MDC.clear();
        try (TaskGroup<String> group =
                TaskGroup.in(app, "mdc").threads(kind).limit(1).open()) {
            group.fork(ctx -> {
                MDC.put("own", "x");
                return "a";
            });
            group.fork(ctx -> String.valueOf(MDC.get("own")));
            assertThat(group.join()).containsExactly("a", "null");
        }
    }

    @EachThreadKind
    void forkOfAWorkerLogsUnderItsName(ThreadKind kind) throws Exception {
        List<String> seen = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        app.start(ManagedWorker.named("relay").threads(kind).run(ctx -> {
            try (TaskGroup<String> group = TaskGroup.in(ctx, "parts").open()) {
                group.fork(fork -> MDC.get("worker"));
                seen.addAll(group.join());
            }
            done.countDown();
        }));
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen).containsExactly("app/relay");
    }

    @EachThreadKind
    void nothingIsCarriedWhereThatIsSwitchedOff(ThreadKind kind) throws Exception {
        MDC.put("request", "42");
        try (Owner off = Owner.named("off").context(ContextCapture.NONE).build()) {
            off.start();
            try (TaskGroup<String> group =
                    TaskGroup.in(off, "mdc").threads(kind).open()) {
                group.fork(ctx -> String.valueOf(MDC.get("request")));
                assertThat(group.join()).containsExactly("null");
            }
        }
    }
}
