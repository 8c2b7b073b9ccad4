package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.failure.FailureMode;
import dev.leakproof.failure.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The JVM is out of something: memory, stack, threads. */
class MachineErrorsTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Until told.
        }
    };

    @Test
    void oneThatOverflowsItsStackIsStartedAgain() {
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture logs = new LogCapture();
                Owner app = Owner.root("app")) {
            app.start(ManagedWorker.named("deep")
                    .restart(RestartPolicy.onFailure()
                            .backoff(Duration.ofMillis(1), Duration.ofMillis(1))
                            .jitter(0))
                    .run(ctx -> {
                        if (runs.incrementAndGet() == 1) {
                            deeper(1);
                        }
                        UNTIL_TOLD.run(ctx);
                    }));
            await().untilAsserted(() -> assertThat(runs).hasValue(2));
            await().untilAsserted(
                            () -> FailureMode.of("A worker overflows its stack").assertSeenIn(logs.text()));
        }
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    @Test
    @Tag("slow") // starts a JVM
    void oneThatTakesMoreMemoryThanThereIsHasFailedAndTheOthersGoOn() throws Exception {
        try (JavaProcess process =
                JavaProcess.of(OutOfMemory.class).options("-Xmx64m").start()) {
            assertThat(process.awaitExit()).as(process.output()).isZero();
            FailureMode.of("A worker runs out of memory").assertSeenIn(process.output());
            assertThat(process.output()).contains("others beat on");
        }
    }

    static final class OutOfMemory {
        public static void main(String[] args) throws Exception {
            CountDownLatch beats = new CountDownLatch(3);
            Owner app = Owner.named("app").build();
            app.start();
            ManagedWorker hog = app.start(ManagedWorker.named("hog").run(ctx -> {
                List<byte[]> all = new ArrayList<>();
                while (true) {
                    // In one piece more than there is, so that it is this thread that goes without.
                    all.add(new byte[1 << 30]);
                }
            }));
            await().until(() -> hog.state() == NodeState.FAILED);
            app.start(Heartbeat.named("ping").every(Duration.ofMillis(1)).beat(ctx -> beats.countDown()));
            beats.await();
            System.out.println("others beat on");
            app.close();
        }
    }

    /** Of address space rather than of processes: that binds root too, and the error is the same. */
    @Test
    @Tag("slow") // starts a JVM
    void withoutThreadsTheRunFailsAndTheStopStillWorks() throws Exception {
        try (JavaProcess process = JavaProcess.of(OutOfThreads.class)
                .wrapper("sh", "-c", "ulimit -v 6000000; exec \"$@\"", "sh")
                .options(
                        "-Xmx64m",
                        "-Xss" + OutOfThreads.STACK_MEGABYTES + "m",
                        "-XX:+UseSerialGC",
                        "-XX:ReservedCodeCacheSize=64m",
                        "-XX:CompressedClassSpaceSize=64m")
                .start()) {
            assertThat(process.awaitExit()).as(process.output()).isZero();
            FailureMode.of("No thread can be had").assertSeenIn(process.output());
            assertThat(process.output()).contains("no tree without threads");
        }
    }

    static final class OutOfThreads {

        static final int STACK_MEGABYTES = 128;

        public static void main(String[] args) throws Exception {
            CountDownLatch never = new CountDownLatch(1);
            CountDownLatch running = new CountDownLatch(2);
            CountDownLatch mayFail = new CountDownLatch(1);
            Owner app = Owner.named("app")
                    .stopTimeout(Duration.ofSeconds(10))
                    .applicationCloser(culprit -> System.out.println("closed, though it should not be possible"))
                    .build();
            app.start();
            app.start(ManagedWorker.named("other").onStop(() -> {}).run(ctx -> {
                running.countDown();
                UNTIL_TOLD.run(ctx);
            }));
            app.start(ManagedWorker.named("fatal")
                    .restart(RestartPolicy.onFailure()
                            .intensity(0, Duration.ofMinutes(1))
                            .escalation(Escalation.CLOSE_APPLICATION))
                    .run(ctx -> {
                        running.countDown();
                        mayFail.await();
                        throw new IllegalStateException("on purpose");
                    }));
            running.await();
            Thread last = takeAllThreads(never);

            ManagedWorker late = app.start(ManagedWorker.named("late").run(UNTIL_TOLD));
            await().pollInSameThread().until(() -> late.state() == NodeState.BACKING_OFF);

            last.interrupt(); // room for the first thread of a tree, not for the second
            last.join();
            try {
                Owner.root("two");
                System.out.println("a tree with one thread");
            } catch (OutOfMemoryError e) {
                await().pollInSameThread().until(() -> !LiveThreads.owners().containsValue("two"));
                System.out.println("no tree without threads");
            }

            takeAllThreads(never);
            mayFail.countDown();
            await().pollInSameThread().until(() -> app.state() == NodeState.STOPPED);
        }

        /** Returns the last that was to be had. */
        private static Thread takeAllThreads(CountDownLatch never) {
            Thread last = null;
            try {
                while (true) {
                    Thread taken = new Thread(
                            null,
                            () -> {
                                try {
                                    never.await();
                                } catch (InterruptedException e) {
                                    // It ends then.
                                }
                            },
                            "taken",
                            (long) STACK_MEGABYTES << 20);
                    taken.setDaemon(true);
                    taken.start();
                    last = taken;
                }
            } catch (OutOfMemoryError e) {
                System.out.println("out of threads: " + e.getMessage());
                return last;
            }
        }
    }
}
