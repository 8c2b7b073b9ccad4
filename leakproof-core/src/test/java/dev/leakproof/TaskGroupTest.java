package dev.leakproof;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forks, and the four ways to ask for their results. */
class TaskGroupTest {

    private final ManualTime time = new ManualTime();
    private final Owner app = Owner.named("app").timeSource(time).build();

    /** How many of {@link #untilCancelled} have begun. */
    private final AtomicInteger begun = new AtomicInteger();

    @BeforeEach
    void start() {
        app.start();
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(app.stop().entries()).extracting(StopReport.Entry::path).containsExactly("app");
    }

    private TaskGroup.Opening group(ThreadKind kind) {
        return TaskGroup.in(app, "quotes").threads(kind);
    }

    private static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Ends only by being cancelled, and says so. One that is cancelled before it has begun never does. */
    private <T> ForkBody<T> untilCancelled(AtomicInteger ended) {
        return ctx -> {
            begun.incrementAndGet();
            try {
                new CountDownLatch(1).await();
                return null;
            } finally {
                ended.incrementAndGet();
            }
        };
    }

    // join

    @EachThreadKind
    void joinReturnsResultsInTheOrderOfForkingWhateverTheOrderOfEnding(ThreadKind kind) throws Exception {
        int n = 8;
        CountDownLatch[] ended =
                IntStream.range(0, n + 1).mapToObj(i -> new CountDownLatch(1)).toArray(CountDownLatch[]::new);
        ended[n].countDown();
        try (TaskGroup<Integer> group = group(kind).limit(n).open()) {
            for (int i = 0; i < n; i++) {
                int mine = i;
                group.fork(ctx -> {
                    awaitLatch(ended[mine + 1]);
                    ended[mine].countDown();
                    return mine;
                });
            }
            assertThat(group.join()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        }
    }

    @EachThreadKind
    void joinReturnsNothingForNoForksAndKeepsNullResults(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).open()) {
            assertThat(group.join()).isEmpty();
        }
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> null);
            group.fork(ctx -> "b");
            assertThat(group.join()).containsExactly(null, "b");
        }
    }

    @EachThreadKind
    void firstFailureCancelsTheRestAndOtherFailuresAreSuppressedOnIt(ThreadKind kind) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch forked = new CountDownLatch(1);
        IOException first = new IOException("first");
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(untilCancelled(ended));
            group.fork(ctx -> {
                begun.incrementAndGet();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("while cleaning up");
                }
                return "never";
            });
            group.fork(ctx -> {
                awaitLatch(forked);
                throw first;
            });
            awaitBegun(2);
            forked.countDown();
            assertThatExceptionOfType(ForkFailedException.class)
                    .isThrownBy(group::join)
                    .withMessage("fork 'app/quotes/3' failed: java.io.IOException: first")
                    .withCause(first)
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .singleElement()
                            .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.THROWABLE)
                            .hasMessage("while cleaning up"));
            assertThat(ended).as("ended when join returned").hasValue(1);
        }
    }

    @EachThreadKind
    void failureBeforeTheJoinIsNotMissed(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).open()) {
            CountDownLatch failing = new CountDownLatch(1);
            group.fork(ctx -> {
                failing.countDown();
                throw new IOException("early");
            });
            awaitLatch(failing);
            group.fork(untilCancelled(new AtomicInteger()));
            assertThatExceptionOfType(ForkFailedException.class)
                    .isThrownBy(group::join)
                    .withMessageContaining("early");
        }
    }

    @EachThreadKind
    void errorsAndCancellationsThatNobodyAskedForAreFailures(ThreadKind kind) throws Exception {
        for (Throwable thrown : List.of(
                new StackOverflowError("thrown on purpose"),
                new AssertionError("thrown on purpose"),
                new CancellationException("thrown on purpose"),
                new InterruptedException("thrown on purpose"))) {
            try (TaskGroup<String> group = group(kind).open()) {
                group.fork(ctx -> TaskGroupTest.<RuntimeException, String>sneaky(thrown));
                assertThatExceptionOfType(ForkFailedException.class)
                        .isThrownBy(group::join)
                        .withCause(thrown);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable, T> T sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }

    // joinAll

    @EachThreadKind
    void joinAllReturnsEveryOutcome(ThreadKind kind) throws Exception {
        IOException thrown = new IOException("b");
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> "a");
            group.fork(ctx -> {
                throw thrown;
            });
            group.fork(ctx -> "c");
            assertThat(group.joinAll())
                    .containsExactly(
                            new ForkResult<>(1, ForkResult.State.SUCCEEDED, "a", null),
                            new ForkResult<>(2, ForkResult.State.FAILED, null, thrown),
                            new ForkResult<>(3, ForkResult.State.SUCCEEDED, "c", null));
        }
    }

    @EachThreadKind
    void joinAllKeepsWhatWasDoneByTheDeadline(ThreadKind kind) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        try (TaskGroup<String> group = group(kind).deadline(ofMinutes(1)).open()) {
            group.fork(ctx -> "a");
            group.fork(untilCancelled(ended));
            awaitBegun(1);
            awaitDone(group, 1);
            time.advance(ofMinutes(1));
            List<ForkResult<String>> results = group.joinAll();
            assertThat(results).extracting(ForkResult::value).containsExactly("a", null);
            assertThat(results.get(1).state()).isEqualTo(ForkResult.State.CANCELLED);
            assertThat(ended).hasValue(1);
        }
    }

    // race

    @EachThreadKind
    void raceReturnsTheFirstSuccessAndAwaitsTheLosers(ThreadKind kind) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch forked = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).open()) {
            for (int i = 0; i < 3; i++) {
                group.fork(untilCancelled(ended));
            }
            group.fork(ctx -> {
                throw new IOException("does not count");
            });
            group.fork(ctx -> {
                awaitLatch(forked);
                return "winner";
            });
            awaitBegun(3);
            forked.countDown();
            assertThat(group.race()).isEqualTo("winner");
            assertThat(ended).as("losers that have ended when race returned").hasValue(3);
        }
    }

    @EachThreadKind
    void raceThatNobodyWinsThrowsTheFirstFailure(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).limit(1).open()) {
            for (String name : List.of("a", "b", "c")) {
                group.fork(ctx -> {
                    throw new IOException(name);
                });
            }
            assertThatExceptionOfType(ForkFailedException.class)
                    .isThrownBy(group::race)
                    .withMessageContaining("IOException: a")
                    .satisfies(e -> assertThat(e.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("b", "c"));
        }
    }

    @Test
    void raceOfNobodyIsRefused() {
        try (TaskGroup<String> group = TaskGroup.in(app, "quotes").open()) {
            assertThatIllegalStateException()
                    .isThrownBy(group::race)
                    .withMessageContaining("Nothing was forked in group 'app/quotes'");
        }
    }

    // next

    @EachThreadKind
    void nextReturnsOutcomesInTheOrderOfEnding(ThreadKind kind) throws Exception {
        CountDownLatch third = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                awaitLatch(first);
                return "last";
            });
            group.fork(ctx -> {
                awaitLatch(second);
                throw new IOException("in between");
            });
            group.fork(ctx -> {
                awaitLatch(third);
                return "first";
            });
            third.countDown();
            assertThat(group.next().orElseThrow().value()).isEqualTo("first");
            second.countDown();
            assertThat(group.next().orElseThrow().failure()).hasMessage("in between");
            first.countDown();
            assertThat(group.next().orElseThrow()).satisfies(result -> {
                assertThat(result.value()).isEqualTo("last");
                assertThat(result.number()).isEqualTo(1);
            });
            assertThat(group.next()).isEmpty();
        }
    }

    @EachThreadKind
    void nextKeepsTheOrderOfThoseThatHadEndedBefore(ThreadKind kind) throws Exception {
        try (TaskGroup<Integer> group = group(kind).limit(1).open()) {
            for (int i = 0; i < 50; i++) {
                int mine = i;
                group.fork(ctx -> mine);
            }
            List<Integer> order = new ArrayList<>();
            for (Optional<ForkResult<Integer>> next = group.next(); next.isPresent(); next = group.next()) {
                order.add(next.get().value());
            }
            assertThat(order).isEqualTo(IntStream.range(0, 50).boxed().toList());
        }
    }

    @EachThreadKind
    void nextKeepsAnOrderOfEndingThatIsNotThatOfForking(ThreadKind kind) throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                second.await();
                return "forked first";
            });
            group.fork(ctx -> "forked second");
            await().until(() -> group.ended() == 1);
            second.countDown();
            // Nobody has asked for an order by the time that both have ended.
            await().until(() -> group.ended() == 2);

            assertThat(group.next().orElseThrow().value()).isEqualTo("forked second");
            assertThat(group.next().orElseThrow().value()).isEqualTo("forked first");
        }
    }

    @EachThreadKind
    void nextReturnsEachOnceThoughTheyEndWhileItIsFirstAskedFor(ThreadKind kind) throws Exception {
        for (int round = 0; round < 300; round++) {
            List<Integer> numbers = new ArrayList<>();
            try (TaskGroup<String> group = group(kind).open()) {
                for (int i = 0; i < 20; i++) {
                    group.fork(ctx -> "done");
                }
                for (Optional<ForkResult<String>> next = group.next(); next.isPresent(); next = group.next()) {
                    numbers.add(next.get().number());
                }
            }
            assertThat(numbers).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @EachThreadKind
    void oneThatIsFoundAndAddsItselfTooIsReturnedOnce(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> "done");
            group.join();
            EndingOrder<String> order = new EndingOrder<>();
            Fork<String> fork = group.forks().next();
            order.find(group.forks());
            order.add(fork);

            assertThat(order.next()).isSameAs(fork);
            assertThat(order.next()).isNull();
        }
    }

    @EachThreadKind
    void forksGoOnWhileResultsAreTakenOneByOne(ThreadKind kind) throws Exception {
        int n = 5_000;
        long sum = 0;
        try (TaskGroup<Integer> group = group(kind).limit(4).open()) {
            for (int i = 0; i < n; i++) {
                int mine = i;
                group.fork(ctx -> mine);
                if (i >= 10) {
                    sum += group.next().orElseThrow().value();
                }
            }
            assertThat(group.forks())
                    .toIterable()
                    .as("those that are kept: ten are under way, and as many may wait to be forgotten")
                    .hasSizeLessThan(40);
            for (Optional<ForkResult<Integer>> next = group.next(); next.isPresent(); next = group.next()) {
                sum += next.get().value();
            }
        }
        assertThat(sum).isEqualTo(n * (n - 1L) / 2);
    }

    /** One whose code is asked what caused it, and throws. */
    private static final class Hostile extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("not now");
        }
    }

    @EachThreadKind
    void oneThatThrowsWhatThrowsItselfHasEnded(ThreadKind kind) {
        TaskGroup<String> left;
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                try {
                    return String.valueOf(untilCancelled(new AtomicInteger()).call(ctx));
                } catch (InterruptedException e) {
                    throw new Hostile();
                }
            });
            await().until(() -> begun.get() == 1);
            left = group;
        }
        assertThat(left.isIdle()).isTrue();
        assertThat(left.forks().next().failure()).isInstanceOf(Hostile.class);
    }

    // The deadline

    @EachThreadKind
    void deadlineCancelsWhetherSomebodyWaitsOrNot(ThreadKind kind) throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).deadline(ofMinutes(1)).open()) {
            group.fork(ctx -> {
                assertThat(ctx.deadline())
                        .hasValueSatisfying(at ->
                                assertThat(at).isBefore(java.time.Instant.now().plusSeconds(61)));
                begun.incrementAndGet();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    cancelled.countDown();
                }
                return "late";
            });
            awaitBegun(1);
            time.advance(ofMinutes(1));
            awaitLatch(cancelled);
            assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> group.fork(ctx -> "later"));
            assertThatExceptionOfType(DeadlineExceededException.class)
                    .isThrownBy(group::join)
                    .withMessageContaining("group 'app/quotes' was not done within 60s");
        }
        try (TaskGroup<String> group = group(kind).deadline(ofMinutes(1)).open()) {
            group.fork(untilCancelled(new AtomicInteger()));
            time.advance(ofMinutes(1));
            assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::race);
        }
        try (TaskGroup<String> group = group(kind).deadline(ofMinutes(1)).open()) {
            group.fork(untilCancelled(new AtomicInteger()));
            time.advance(ofMinutes(1));
            assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::next);
        }
    }

    @Test
    void deadlineGoesByTheTimeOfTheTree() throws Exception {
        ManualTime time = new ManualTime();
        try (Owner tree = Owner.named("tree").timeSource(time).build()) {
            tree.start();
            try (TaskGroup<String> group =
                    TaskGroup.in(tree, "slow").deadline(ofMinutes(10)).open()) {
                group.fork(untilCancelled(new AtomicInteger()));
                time.advance(ofMinutes(10));
                assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(group::join);
            }
        }
    }

    @EachThreadKind
    void resultThatComesInTimeIsNotTouchedByTheDeadline(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).deadline(ofMinutes(1)).open()) {
            group.fork(ctx -> "in time");
            assertThat(group.join()).containsExactly("in time");
        }
    }

    // Cancellation and the end

    @EachThreadKind
    void closeCancelsAndWaits(ThreadKind kind) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        try (TaskGroup<String> group = group(kind).limit(10).open()) {
            for (int i = 0; i < 10; i++) {
                group.fork(untilCancelled(ended));
            }
            awaitBegun(10);
        }
        assertThat(ended).hasValue(10);
    }

    @EachThreadKind
    void closeOfAnInterruptedThreadWaitsAllTheSame(ThreadKind kind) throws Exception {
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch running = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                running.countDown();
                return this.<String>untilCancelled(ended).call(ctx);
            });
            awaitLatch(running);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(group::join);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).as("gets its flag back").isTrue();
        assertThat(ended).hasValue(1);
    }

    @EachThreadKind
    void cancelReturnsAtOnceAndTheJoinSaysSo(ThreadKind kind) throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    told.countDown();
                    awaitLatch(mayEnd);
                }
                return "x";
            });
            awaitLatch(running);
            group.cancel();
            awaitLatch(told);
            assertThat(group.isCancelled()).isTrue();
            mayEnd.countDown();
            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(group::join)
                    .withMessage("group 'app/quotes' has no result: it is cancelled");
        }
    }

    @EachThreadKind
    void joinAllAfterACancelTellsWhoWasCancelled(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).limit(2).open()) {
            group.fork(ctx -> "done");
            awaitDone(group, 1);
            group.fork(untilCancelled(new AtomicInteger()));
            group.fork(untilCancelled(new AtomicInteger()));
            group.fork(ctx -> "waits for a thread and never gets one");
            group.cancel();
            assertThat(group.joinAll())
                    .extracting(ForkResult::state)
                    .containsExactly(
                            ForkResult.State.SUCCEEDED,
                            ForkResult.State.CANCELLED,
                            ForkResult.State.CANCELLED,
                            ForkResult.State.CANCELLED);
        }
    }

    // Refusals

    @EachThreadKind
    void forkIsRefusedOnceTheGroupIsCancelledJoinedOrClosed(ThreadKind kind) throws Exception {
        try (TaskGroup<String> closed = group(kind).open()) {
            closed.fork(ctx -> "a");
            closed.join();
            assertThatIllegalStateException()
                    .isThrownBy(() -> closed.fork(ctx -> "b"))
                    .withMessage("Cannot fork in group 'app/quotes' after join: open another group");
            assertThatIllegalStateException()
                    .isThrownBy(closed::race)
                    .withMessageContaining("they were asked for by join");
        }
        try (TaskGroup<String> neverJoined = group(kind).open()) {
            neverJoined.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> neverJoined.fork(ctx -> "b"))
                    .withMessage("Cannot fork in group 'app/quotes': it is closed");
            assertThatIllegalStateException().isThrownBy(neverJoined::join).withMessageContaining("it is closed");
        }
        try (TaskGroup<String> cancelled = group(kind).open()) {
            cancelled.cancel();
            assertThatThrownBy(() -> cancelled.fork(ctx -> "b"))
                    .isInstanceOf(CancellationException.class)
                    .hasMessage("Cannot fork in group 'app/quotes': it is cancelled");
        }
    }

    @EachThreadKind
    void threadThatDoesNotOwnTheGroupIsRefusedByName(ThreadKind kind) throws Exception {
        String owner = Thread.currentThread().getName();
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> {
                group.fork(other -> "by a fork");
                return "x";
            });
            assertThatExceptionOfType(ForkFailedException.class)
                    .isThrownBy(group::join)
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("Expected fork in group 'app/quotes' to be called by the thread '" + owner
                            + "' that owns it, but it was '");
        }
    }

    @EachThreadKind
    void groupMayBeHandedOverToAnotherThread(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> "mine");
            List<Object> seen = new ArrayList<>();
            Thread other = new Thread(() -> {
                try {
                    group.fork(ctx -> "its");
                    seen.addAll(group.join());
                } catch (Exception e) {
                    seen.add(e);
                }
            });
            group.handOver(other);
            assertThatIllegalStateException().isThrownBy(() -> group.fork(ctx -> "no longer"));
            other.start();
            other.join();
            assertThat(seen).containsExactly("mine", "its");
        }
    }

    @EachThreadKind
    void groupMayBeHandedOverToWhicheverThreadComesNext(ThreadKind kind) throws Exception {
        try (TaskGroup<String> group = group(kind).open()) {
            group.fork(ctx -> "mine");
            group.handOverToNext();
            group.handOverToNext();
            assertThat(group.details()).containsEntry("openedBy", "");
            List<Object> seen = new ArrayList<>();
            Thread other = new Thread(() -> {
                group.fork(ctx -> "its");
                try {
                    seen.addAll(group.join());
                } catch (Exception e) {
                    seen.add(e);
                }
            });
            other.start();
            other.join();
            assertThat(seen).containsExactly("mine", "its");
            assertThatIllegalStateException()
                    .isThrownBy(group::handOverToNext)
                    .withMessageContaining("to be called by the thread '" + other.getName() + "' that owns it");
        }
    }

    @EachThreadKind
    @SuppressWarnings("MustBeClosedChecker") // by its deadline
    void deadlineMayCloseAGroupThatNobodyElseCloses(ThreadKind kind) {
        try (Owner tree = Owner.root("tree")) {
            TaskGroup<String> group = TaskGroup.in(tree, "quotes")
                    .threads(kind)
                    .deadline(java.time.Duration.ofMillis(50))
                    .closeAtDeadline()
                    .open();
            try {
                group.fork(untilCancelled(new AtomicInteger()));
            } catch (IllegalStateException | DeadlineExceededException e) {
                // On a machine that is as slow as that there is nothing to be cancelled.
            }
            await().untilAsserted(() -> assertThat(tree.snapshot().all()).hasSize(1));
            assertThat(group.isCancelled()).isTrue();
            group.close();
        }
    }

    @Test
    void groupThatWasCancelledIsClosedByItsDeadlineAllTheSame() {
        try (TaskGroup<String> group = TaskGroup.in(app, "quotes")
                .deadline(ofSeconds(1))
                .closeAtDeadline()
                .open()) {
            group.cancel();
            assertThat(app.snapshot().all()).hasSize(2);
            time.advance(ofSeconds(2));
            await().untilAsserted(() -> assertThat(app.snapshot().all()).hasSize(1));
        }
    }

    @Test
    void originMayBeNamed() {
        try (TaskGroup<String> group =
                TaskGroup.in(app, "quotes").createdAt("a.Controller.quotes").open()) {
            assertThat(group.createdAt()).isEqualTo("a.Controller.quotes");
        }
    }

    @Test
    void closeAndCancelMayBeCalledOnAnyThread() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        try (TaskGroup<String> group = TaskGroup.in(app, "quotes").open()) {
            group.fork(untilCancelled(ended));
            awaitBegun(1);
            Thread other = new Thread(() -> {
                await().until(group::isAwaited);
                group.close();
            });
            other.start();
            assertThatExceptionOfType(CancellationException.class).isThrownBy(group::join);
            other.join();
            assertThat(ended).hasValue(1);
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TaskGroup.in(app, "a/b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskGroup.in(app, "a").limit(0))
                .withMessage("'limit' of 'a' must be 1 or more, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TaskGroup.in(app, "a").deadline(ofSeconds(0)))
                .withMessageContaining("'deadline' of 'a' must be longer than zero");
    }

    private void awaitBegun(int expected) {
        await().until(() -> begun.get() == expected);
    }

    private static void awaitDone(TaskGroup<?> group, int expected) {
        await().untilAsserted(() -> assertThat(group.details()).containsEntry("done", expected));
    }
}
