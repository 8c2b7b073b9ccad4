package dev.leakproof;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hooks of what begins or ends while it is told to stop. */
class HooksAtTheLastMomentTest {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final CountDownLatch inBody = new CountDownLatch(1);
    private volatile Run run;

    /** Holds up the maker of the first run of a worker of that path. */
    private final CountDownLatch mayMake = new CountDownLatch(1);

    private final CountDownLatch making = new CountDownLatch(1);
    private volatile @Nullable Thread late;

    private final Owner app = Owner.named("app")
            .stopMode(StopMode.FINISH)
            .threadsFrom((kind, name, task) -> {
                if (name.equals("app/late")) {
                    making.countDown();
                    awaitLatch(mayMake);
                    Thread made = Threads.make(kind, name, task);
                    late = made;
                    return made;
                }
                return Threads.make(kind, name, task);
            })
            .build();

    HooksAtTheLastMomentTest() {
        app.start();
    }

    @AfterEach
    void stop() {
        mayMake.countDown();
        assertThat(app.stop().isClean()).isTrue();
    }

    /** Not for an interrupt: nobody here is to end by that. */
    private static void awaitLatch(CountDownLatch latch) {
        boolean interrupted = false;
        for (long left = 20; left > 0; left--) {
            try {
                if (latch.await(1, TimeUnit.SECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        assertThat(latch.getCount()).isZero();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void onHand(Runnable action) {
        app.ownTree().stopThreads().execute(StopThreads.Job.of("A job of", "the test", action));
    }

    /** What was left to the hand until now has been done when this returns. */
    private void flushHand() {
        CountDownLatch done = new CountDownLatch(1);
        onHand(done::countDown);
        awaitLatch(done);
    }

    private void runUntilTheSignal(WorkerContext ctx) {
        ctx.onStop(() -> seen.add("hook"));
        run = (Run) ctx;
        inBody.countDown();
        while (!ctx.isStopping()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void hookOfARunThatEndsOnTheSignalRunsAllTheSame() {
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .intake(new Intake() {
                    @Override
                    public void open(Incarnation incarnation) {}

                    /** Holds up who gives the signal, once it is there, for as long as the run takes to end. */
                    @Override
                    public void changed() {
                        await().pollInterval(ofMillis(1)).until(run::hasEnded);
                    }

                    @Override
                    public boolean isPending() {
                        return false;
                    }
                })
                .run(this::runUntilTheSignal));
        awaitLatch(inBody);
        worker.stop();
        assertThat(seen).containsExactly("hook");
    }

    @Test
    void hookOfARunThatIsForcedToItsEndBeforeTheSignalIsGivenRunsAllTheSame() throws Exception {
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(this::runUntilTheSignal));
        awaitLatch(inBody);
        // The watch cancels; the hand, which has hooks run, is busy until that has had its effect.
        onHand(() -> await().pollInterval(ofMillis(1)).until(run::hasEnded));
        worker.force();
        assertThat(worker.await(ofSeconds(20))).isTrue();
        flushHand();
        assertThat(seen).containsExactly("hook");
    }

    @Test
    void noRunBeginsBetweenTheTakingOfHooksAndTheSignal() {
        ManagedWorker worker =
                app.start(ManagedWorker.named("late").every(ofSeconds(60)).run(ctx -> {
                    ctx.onStop(() -> seen.add("hook"));
                    seen.add("begun");
                    ctx.sleep(ofSeconds(20));
                }));
        awaitLatch(making);
        worker.current().running(new Standing() {
            /** The hand looks for hooks: the run that has its thread only now is not the one that it finds. */
            @Override
            public List<StopHook> take(StopStage stage) {
                if (stage == StopStage.SIGNAL) {
                    mayMake.countDown();
                    await().pollInterval(ofMillis(1)).until(() -> !seen.isEmpty() || isOver(late));
                }
                return List.of();
            }
        });
        Queue<String> told = new ConcurrentLinkedQueue<>();
        app.addListener(new TreeListener() {
            @Override
            public void ran(NodeSnapshot node, Duration took, @Nullable Throwable failure) {
                told.add("ran");
            }

            @Override
            public void stopped(NodeSnapshot node) {
                told.add("stopped");
            }
        });
        assertThat(worker.stop().isClean()).isTrue();
        assertThat(seen).isEmpty();
        // What never called its body was no run.
        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly("stopped");
        assertThat(worker.snapshot().runs()).satisfies(runs -> {
            assertThat(runs.completed()).isZero();
            assertThat(runs.lastDuration()).isNull();
        });
    }

    private static boolean isOver(@Nullable Thread thread) {
        return thread != null && thread.getState() == Thread.State.TERMINATED;
    }

    @Test
    void hookOfAForkThatEndsOnTheSignalToItsWorkerRunsAllTheSame() throws Exception {
        CountDownLatch inFork = new CountDownLatch(1);
        CountDownLatch joined = new CountDownLatch(1);
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .onStop(() -> awaitLatch(joined)) // the group is told only after this
                .run(ctx -> {
                    try (TaskGroup<Object> group = TaskGroup.in(ctx, "g").open()) {
                        group.fork(fork -> {
                            fork.onStop(() -> seen.add("hook"));
                            inFork.countDown();
                            while (!fork.isStopping()) {
                                Thread.onSpinWait();
                            }
                            return "done";
                        });
                        group.join();
                    }
                    joined.countDown();
                }));
        awaitLatch(inFork);
        worker.stop();
        flushHand();
        assertThat(seen).containsExactly("hook");
    }

    @EachThreadKind
    void hookOfAForkThatHasEndedByItselfGoesWithIt(ThreadKind kind) throws Exception {
        try (TaskGroup<Object> group = TaskGroup.in(app, "g").threads(kind).open()) {
            group.fork(fork -> {
                fork.onStop(() -> seen.add("hook"));
                return "done";
            });
            group.fork(fork -> {
                while (!fork.isStopping()) {
                    Thread.onSpinWait();
                }
                return "done";
            });
            await().until(() -> group.ended() == 1);
        }
        flushHand();
        assertThat(seen).isEmpty();
    }

    @EachThreadKind
    void hookThatAForkAddsAfterTheTimeForItRunsAtOnce(ThreadKind kind) throws Exception {
        CountDownLatch inForks = new CountDownLatch(2);
        CountDownLatch unblocking = new CountDownLatch(1);
        CountDownLatch unblocked = new CountDownLatch(1);
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .stopMode(StopMode.INTERRUPT)
                .stopTimeout(ofSeconds(10))
                .run(ctx -> {
                    try (TaskGroup<Object> group =
                            TaskGroup.in(ctx, "g").threads(kind).open()) {
                        group.fork(fork -> {
                            fork.onUnblock(unblocking::countDown);
                            inForks.countDown();
                            awaitLatch(unblocking);
                            return null;
                        });
                        group.fork(fork -> {
                            inForks.countDown();
                            awaitLatch(unblocking);
                            fork.onUnblock(unblocked::countDown);
                            awaitLatch(unblocked);
                            return null;
                        });
                        group.join();
                    }
                }));
        awaitLatch(inForks);
        assertThat(worker.stop().isClean()).isTrue();
    }
}
