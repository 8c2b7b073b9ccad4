package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls with a deadline, and calls that have to be freed by something else than an interrupt. */
class CallsTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(30);

    private final Queue<Object> seen = new ConcurrentLinkedQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Owner app = Owner.root("app");

    @AfterEach
    void stopTree() {
        never.countDown();
        app.close();
    }

    /** Runs {@code body} in a worker, and throws what it throws. */
    private void inWorker(ThreadKind threads, WorkerBody body) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        app.start(ManagedWorker.named("w" + seen.size() + System.nanoTime())
                .threads(threads)
                .run(ctx -> {
                    try {
                        body.run(ctx);
                        end.complete(null);
                    } catch (Throwable e) {
                        end.completeExceptionally(e);
                    }
                }));
        end.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private void inWorker(WorkerBody body) throws Exception {
        inWorker(ThreadKind.PLATFORM, body);
    }

    private static boolean interrupted() {
        return Thread.currentThread().isInterrupted();
    }

    // within

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void callWithinItsTimeReturnsWhatItReturned(ThreadKind threads) throws Exception {
        inWorker(threads, ctx -> {
            assertThat(ctx.within(LONG, () -> "result")).isEqualTo("result");
            assertThatThrownBy(() -> ctx.within(LONG, () -> {
                        throw new IOException("its own");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("its own");
            assertThat(ctx.deadline()).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void callThatTakesTooLongIsInterruptedAndTheInterruptIsGone(ThreadKind threads) throws Exception {
        inWorker(threads, ctx -> {
            assertThatThrownBy(() -> ctx.within(SHORT, () -> {
                        never.await();
                        return null;
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("app/w")
                    .hasMessageContaining("30ms")
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(interrupted()).isFalse();
            assertThat(ctx.isCancelled()).isFalse();
            assertThat(ctx.isStopping()).isFalse();
        });
    }

    @Test
    void lateCallHasTimedOutThoughItIgnoredTheInterruptAndReturned() throws Exception {
        inWorker(ctx -> assertThatThrownBy(() -> ctx.within(SHORT, () -> {
                    while (!ctx.isCancelled()) {
                        Thread.onSpinWait();
                    }
                    assertThat(ctx.isStopping()).isTrue();
                    return "too late";
                }))
                .isInstanceOf(TimeoutException.class)
                .hasNoCause());
    }

    @Test
    void sleepWithinATimeEndsWithIt() throws Exception {
        inWorker(ctx -> {
            assertThatThrownBy(() -> ctx.within(SHORT, () -> ctx.sleep(LONG))).isInstanceOf(TimeoutException.class);
            assertThat(ctx.sleep(Duration.ofMillis(1))).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void earlierOfTwoNestedDeadlinesEndsTheCall(ThreadKind threads) throws Exception {
        inWorker(threads, ctx -> {
            AtomicBoolean innerTimedOut = new AtomicBoolean();
            assertThatThrownBy(() -> ctx.within(SHORT, () -> {
                        try {
                            return ctx.within(LONG, () -> ctx.sleep(LONG));
                        } catch (TimeoutException e) {
                            innerTimedOut.set(true);
                            throw e;
                        }
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("30ms");
            assertThat(innerTimedOut).as("it was the outer").isFalse();

            String result = ctx.within(LONG, () -> {
                assertThatThrownBy(() -> ctx.within(SHORT, () -> ctx.sleep(LONG)))
                        .isInstanceOf(TimeoutException.class);
                assertThat(ctx.isCancelled()).isFalse();
                assertThat(interrupted()).isFalse();
                return "went on";
            });
            assertThat(result).isEqualTo("went on");
        });
    }

    @Test
    void outerDeadlineThatComesWithTheInnerOneIsNotLost() throws Exception {
        for (int round = 0; round < 100; round++) {
            inWorker(ctx -> assertThatThrownBy(() -> ctx.within(Duration.ofMillis(3), () -> {
                        try {
                            ctx.within(Duration.ofMillis(2), () -> ctx.sleep(LONG));
                        } catch (TimeoutException e) {
                            // The outer deadline has to end what follows.
                        }
                        // This knows nothing of the context, so it needs the interrupt.
                        return never.await(20, TimeUnit.SECONDS);
                    }))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("3ms"));
        }
    }

    /** Calls that end just when their time is up: the worst case for an interrupt that comes late. */
    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void interruptNeverComesAfterTheCall(ThreadKind threads) throws Exception {
        Owner quick = Owner.named("quick").tickSlack(Duration.ofMillis(1)).build();
        quick.start();
        AtomicInteger late = new AtomicInteger();
        AtomicInteger leaked = new AtomicInteger();
        CompletableFuture<Void> end = new CompletableFuture<>();
        quick.start(ManagedWorker.named("w").threads(threads).run(ctx -> {
            for (int round = 0; round < 2000; round++) {
                long until = System.nanoTime() + 1_000_000 + (round % 100) * 10_000;
                try {
                    ctx.within(Duration.ofMillis(1), () -> {
                        while (System.nanoTime() < until) {
                            Thread.onSpinWait();
                        }
                        return null;
                    });
                } catch (TimeoutException e) {
                    late.incrementAndGet();
                }
                if (interrupted() || ctx.isCancelled()) {
                    leaked.incrementAndGet();
                }
                // Where one that comes still later would be seen.
                for (int i = 0; i < 100; i++) {
                    Thread.onSpinWait();
                }
                if (Thread.interrupted()) {
                    leaked.incrementAndGet();
                }
            }
            end.complete(null);
        }));
        end.get(180, TimeUnit.SECONDS);
        quick.close();
        assertThat(leaked).hasValue(0);
        assertThat(late).as("calls that were late, so that this was worth it").hasPositiveValue();
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void stopEndsACallLongBeforeItsTime(ThreadKind threads) throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        app.start(ManagedWorker.named("w").threads(threads).run(ctx -> {
            try {
                ctx.within(LONG, () -> {
                    in.countDown();
                    return ctx.sleep(LONG);
                });
            } catch (Throwable e) {
                thrown.set(e);
                throw e;
            }
        }));
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        StopReport report = app.stop();
        assertThat(report.with(StopReport.Outcome.STOPPED)).hasSize(2);
        assertThat(report.took()).isLessThan(Duration.ofSeconds(8));
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void deadlineOfTheContextIsThatOfTheCall() throws Exception {
        inWorker(ctx -> ctx.within(Duration.ofMinutes(5), () -> {
            assertThat(ctx.deadline().orElseThrow())
                    .isBetween(
                            java.time.Instant.now().plusSeconds(280),
                            java.time.Instant.now().plusSeconds(301));
            ctx.within(Duration.ofMinutes(50), () -> {
                assertThat(ctx.deadline().orElseThrow())
                        .isBefore(java.time.Instant.now().plusSeconds(301));
                return null;
            });
            return null;
        }));
    }

    @Test
    void callsAreOnlyForTheThreadOfTheRun() throws Exception {
        AtomicReference<WorkerContext> leaked = new AtomicReference<>();
        inWorker(leaked::set);
        assertThatThrownBy(() -> leaked.get().within(LONG, () -> "x"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("on the thread")
                .hasMessageContaining(Thread.currentThread().getName());
        assertThatThrownBy(() -> leaked.get().interruptibly(() -> "x", () -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noCallBeginsOnAnInterruptedThreadOrWithoutTime() throws Exception {
        inWorker(ctx -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> ctx.within(LONG, () -> seen.add("ran"))).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> ctx.interruptibly(() -> seen.add("ran"), () -> {}))
                    .isInstanceOf(InterruptedException.class);
            assertThatThrownBy(() -> ctx.within(Duration.ZERO, () -> seen.add("ran")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("longer than zero");
        });
        assertThat(seen).isEmpty();
    }

    // interruptibly

    private void awaitIgnoringInterrupts(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                seen.add("interrupted");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void wayOutIsTakenWithTheCancelAndNotAQuarterSecondLater(StopMode mode) throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        CountDownLatch in = new CountDownLatch(1);
        app.start(ManagedWorker.named("w")
                .stopMode(mode)
                .run(ctx -> ctx.interruptibly(
                        () -> {
                            in.countDown();
                            awaitIgnoringInterrupts(freed);
                            seen.add("ended");
                            return null;
                        },
                        () -> {
                            seen.add("way out on " + Thread.currentThread().getName() + " " + ctx.isCancelled());
                            freed.countDown();
                        })));
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        // The force stage is the last second: enough for a busy machine to take the way out.
        StopReport report = app.stop(Duration.ofSeconds(6));
        assertThat(report.isClean()).isTrue();
        assertThat(report.entries())
                .allSatisfy(entry -> assertThat(entry.stage()).isLessThan(StopStage.UNBLOCK));
        assertThat(seen).contains("way out on leakproof-stop-hand-app true", "ended");
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void socketReadEndsByClosingTheSocket(ThreadKind threads) throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            CountDownLatch in = new CountDownLatch(1);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            app.start(ManagedWorker.named("w").threads(threads).run(ctx -> {
                try {
                    ctx.interruptibly(
                            () -> {
                                in.countDown();
                                return socket.getInputStream().read();
                            },
                            socket::close);
                } catch (Throwable e) {
                    thrown.set(e);
                    throw e;
                }
            }));
            assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
            StopReport report = app.stop();
            assertThat(report.with(StopReport.Outcome.STOPPED)).hasSize(2);
            assertThat(thrown.get()).isInstanceOf(CancellationException.class).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void wayOutIsTakenWhenTheTimeAroundTheCallIsUp() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        inWorker(ctx -> {
            // Long enough to be in the inner call by then, on a busy machine too.
            assertThatThrownBy(() -> ctx.within(
                            Duration.ofSeconds(1),
                            () -> ctx.interruptibly(
                                    () -> {
                                        awaitIgnoringInterrupts(freed);
                                        throw new IOException("closed");
                                    },
                                    freed::countDown)))
                    .isInstanceOf(TimeoutException.class)
                    .hasCauseInstanceOf(CancellationException.class)
                    .hasRootCauseMessage("closed");
            assertThat(interrupted()).isFalse();
        });
    }

    @Test
    void wayOutOfACallIsNotTakenWhenOnlyTheTimeInsideItIsUp() throws Exception {
        inWorker(ctx -> ctx.interruptibly(
                () -> {
                    assertThatThrownBy(() -> ctx.within(SHORT, () -> ctx.sleep(LONG)))
                            .isInstanceOf(TimeoutException.class);
                    return null;
                },
                () -> seen.add("way out")));
        app.close();
        assertThat(seen).isEmpty();
    }

    @Test
    void wayOutIsNotTakenOnceTheCallHasReturned() throws Exception {
        CountDownLatch after = new CountDownLatch(1);
        app.start(ManagedWorker.named("w").run(ctx -> {
            ctx.interruptibly(() -> "done", () -> seen.add("way out"));
            after.countDown();
            ctx.sleep(LONG);
        }));
        assertThat(after.await(20, TimeUnit.SECONDS)).isTrue();
        app.close();
        assertThat(seen).isEmpty();
    }

    @Test
    void callReturnsOnlyAfterAWayOutThatHasBegun() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> {
            String result = ctx.interruptibly(
                    () -> {
                        in.countDown();
                        awaitIgnoringInterrupts(begun);
                        return "done though cancelled";
                    },
                    () -> {
                        begun.countDown();
                        mayEnd.await();
                        seen.add("way out");
                    });
            seen.add(result);
        }));
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        worker.cancel();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.await(Duration.ofMillis(50))).isFalse();
        mayEnd.countDown();
        assertThat(worker.await(LONG)).isTrue();
        assertThat(seen).endsWith("way out", "done though cancelled");
    }

    @Test
    void wayOutThatFailsIsNoted() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        app.start(ManagedWorker.named("w")
                .run(ctx -> ctx.interruptibly(
                        () -> {
                            in.countDown();
                            awaitIgnoringInterrupts(taken);
                            return null;
                        },
                        () -> {
                            taken.countDown();
                            throw new IOException("no way");
                        })));
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        StopReport report = app.stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.entries())
                .anySatisfy(entry -> assertThat(entry.notes()).anyMatch(note -> note.contains("no way")));
    }

    @Test
    void cancelledWorkerBeginsNoCall() throws Exception {
        CountDownLatch in = new CountDownLatch(1);
        app.start(ManagedWorker.named("w").run(ctx -> {
            in.countDown();
            while (!ctx.isCancelled()) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> ctx.interruptibly(() -> seen.add("ran"), () -> seen.add("way out")))
                    .isInstanceOf(CancellationException.class);
            assertThatThrownBy(() -> ctx.within(LONG, () -> seen.add("ran"))).isInstanceOf(CancellationException.class);
        }));
        assertThat(in.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(app.stop().with(StopReport.Outcome.STOPPED)).hasSize(2);
        assertThat(seen).isEmpty();
    }

    @Test
    void runThatTimesOutTakesTheWayOutToo() throws Exception {
        CountDownLatch freed = new CountDownLatch(1);
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .timeout(SHORT)
                .restart(RestartPolicy.never())
                .run(ctx -> ctx.interruptibly(
                        () -> {
                            awaitIgnoringInterrupts(freed);
                            return null;
                        },
                        freed::countDown)));
        await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.FAILED));
        assertThat(worker.snapshot().failure()).isInstanceOf(TimeoutException.class);
    }
}
