package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.StopReport.Outcome;
import dev.leakproof.failure.FailureMode;
import dev.leakproof.failure.JavaProcess;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which a body does not come back when it is asked to, beside a neighbour that always does. */
class StuckWorkersTest {

    // What ends has to do so within it, on a busy machine too.
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    // A stop is bounded by its timeout; the rest is for a busy machine.
    private static final Duration BOUND = TIMEOUT.plusSeconds(10);

    private final CountDownLatch testOver = new CountDownLatch(1);
    private final CountDownLatch inBodies = new CountDownLatch(2);
    private final LogCapture logs = new LogCapture();
    private final Owner app = Owner.named("app").stopTimeout(TIMEOUT).build();
    private ManagedWorker neighbour;

    @BeforeEach
    void start() {
        app.start();
        neighbour = app.start(ManagedWorker.named("neighbour").run(ctx -> {
            inBodies.countDown();
            ctx.sleep(Duration.ofMinutes(1));
        }));
    }

    @AfterEach
    void release() {
        testOver.countDown();
        logs.close();
    }

    /** Stops while {@code body} is in what it is stuck in. */
    private StopReport stopDuring(ThreadKind threads, WorkerBody body) throws InterruptedException {
        ManagedWorker stuck =
                app.start(ManagedWorker.named("stuck").threads(threads).run(ctx -> {
                    inBodies.countDown();
                    body.run(ctx);
                }));
        assertThat(inBodies.await(30, TimeUnit.SECONDS)).isTrue();
        if (threads == ThreadKind.PLATFORM) {
            await().until(() -> Stacks.where(Stacks.of(LiveThreads.owners().entrySet().stream()
                            .filter(each -> each.getValue().equals(stuck.path()))
                            .findFirst()
                            .orElseThrow()
                            .getKey()))
                    .contains("StuckWorkersTest"));
        }
        StopReport report = app.stop();
        assertThat(report.took()).isLessThan(BOUND);
        assertThat(neighbour.state()).isEqualTo(NodeState.STOPPED);
        return report;
    }

    private static void assertLeakedIn(StopReport report, String method) {
        assertThat(report.leaked()).singleElement().satisfies(entry -> {
            assertThat(entry.path()).isEqualTo("app/stuck");
            assertThat(entry.leak().where()).contains("StuckWorkersTest." + method);
        });
    }

    private static void assertStopped(StopReport report) {
        assertThat(report.entries())
                .extracting(StopReport.Entry::outcome)
                .as("%s", report)
                .containsOnly(Outcome.STOPPED);
    }

    private void swallow() {
        while (testOver.getCount() > 0) {
            try {
                testOver.await();
            } catch (InterruptedException swallowed) {
                // On purpose.
            }
        }
    }

    @Test
    void oneThatSwallowsInterruptsIsNamed() throws Exception {
        assertLeakedIn(stopDuring(ThreadKind.PLATFORM, ctx -> swallow()), "swallow");
        FailureMode.of("A worker swallows interrupts").assertSeenIn(logs.text());
    }

    private void spin() {
        while (testOver.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneThatSpinsIsNamed() throws Exception {
        assertLeakedIn(stopDuring(ThreadKind.PLATFORM, ctx -> spin()), "spin");
        FailureMode.of("A worker spins").assertSeenIn(logs.text());
    }

    private void enter(Object monitor) {
        synchronized (monitor) {
            testOver.countDown();
        }
    }

    @Test
    void oneThatWaitsForAMonitorIsNamed() throws Exception {
        Object monitor = new Object();
        synchronized (monitor) {
            StopReport report = stopDuring(ThreadKind.PLATFORM, ctx -> enter(monitor));
            assertLeakedIn(report, "enter");
            assertThat(report.leaked().get(0).leak().threadState()).isEqualTo(Thread.State.BLOCKED);
        }
        // It has the monitor now, and so ends.
        await().untilAsserted(
                        () -> FailureMode.of("A worker waits for a monitor").assertSeenIn(logs.text()));
    }

    private static void lock(Lock lock) {
        lock.lock();
        lock.unlock();
    }

    @EachThreadKind
    void oneThatWaitsForALockIsNamed(ThreadKind threads) throws Exception {
        Lock lock = new ReentrantLock();
        lock.lock();
        try {
            assertLeakedIn(stopDuring(threads, ctx -> lock(lock)), "lock");
        } finally {
            lock.unlock();
        }
        FailureMode.of("A worker waits for a lock").assertSeenIn(logs.text());
    }

    private static void read(Socket socket) throws Exception {
        socket.getInputStream().read();
    }

    /** On a virtual thread the interrupt closes the socket. */
    @EachThreadKind
    void oneThatReadsFromASocketIsNamedUnlessItsThreadIsVirtual(ThreadKind threads) throws Exception {
        try (ServerSocket server = new ServerSocket(0);
                Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            StopReport report = stopDuring(threads, ctx -> read(socket));
            if (threads == ThreadKind.VIRTUAL) {
                assertStopped(report);
            } else {
                assertLeakedIn(report, "read");
                FailureMode.of("A worker reads from a socket").assertSeenIn(logs.text());
            }
        }
    }

    /** The worker ends by the interrupt; what it has started is a process, and not ours. */
    @EachThreadKind
    void oneThatWaitsForAProcessEndsAndTheProcessDoesNot(ThreadKind threads) throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        try {
            assertStopped(stopDuring(threads, ctx -> child.waitFor()));
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @EachThreadKind
    void aProcessEndsWithItsWorkerWhereAHookSaysSo(ThreadKind threads) throws Exception {
        Process child = new ProcessBuilder("sleep", "600").start();
        try {
            assertStopped(stopDuring(threads, ctx -> {
                ctx.onStop(child::destroy);
                child.waitFor();
            }));
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    /**
     * On a virtual thread of some JDKs it is the interrupt itself that blocks: the stop goes on without it. Whether the
     * worker ends is the JDK's, so nothing is said of that.
     */
    @EachThreadKind
    void oneThatWaitsForTheLockOfAFileHoldsUpNobody(ThreadKind threads, @TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("lock"));
        // The holder ends first: until it has, closing the channel may block as the interrupt does.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                JavaProcess holder = JavaProcess.of(LockHolder.class)
                        .arguments(file.toString())
                        .start()) {
            holder.awaitOutput("locked");
            StopReport report = stopDuring(threads, ctx -> channel.lock());
            assertThat(report.leaked()).extracting(StopReport.Entry::path).isSubsetOf("app/stuck");
            assertThat(report.with(Outcome.FAILED)).isEmpty();
            if (!report.leaked().isEmpty()) {
                FailureMode.of("A worker waits for the lock of a file").assertSeenIn(logs.text());
            }
            System.out.printf(
                    "file lock, %s, JDK %d: %s%n", threads, Runtime.version().feature(), report.summary());
        }
    }

    static final class LockHolder {
        public static void main(String[] args) throws Exception {
            try (RandomAccessFile file = new RandomAccessFile(args[0], "rw");
                    FileLock lock = file.getChannel().lock()) {
                System.out.println("locked " + lock.isValid());
                System.in.read();
            }
        }
    }

    @Test
    @Tag("slow") // starts a JVM
    void oneThatReadsFromTheConsoleIsNamedAndTheJvmEnds() throws Exception {
        try (JavaProcess process = JavaProcess.of(ConsoleReader.class).start()) {
            assertThat(process.awaitExit()).as(process.output()).isZero();
            FailureMode.of("A worker reads from the console").assertSeenIn(process.output());
        }
    }

    static final class ConsoleReader {
        public static void main(String[] args) throws Exception {
            Owner app = Owner.named("app").stopTimeout(TIMEOUT).build();
            CountDownLatch reading = new CountDownLatch(1);
            app.start();
            app.start(ManagedWorker.named("console").run(ctx -> {
                reading.countDown();
                System.in.read();
            }));
            reading.await();
            app.close();
        }
    }
}
