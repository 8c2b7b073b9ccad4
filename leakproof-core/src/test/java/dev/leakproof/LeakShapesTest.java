package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import dev.leakproof.example.LeakShapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shapes in which threads leak: as one meets them, each caught by a stop, and in the form that ends. */
class LeakShapesTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** What leaks on purpose is given up on soon; what ends has all the time that a busy machine takes. */
    private static final Duration SOON_GIVEN_UP = Duration.ofMillis(600);

    private final Queue<String> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ticks = new AtomicInteger();
    private final List<Runnable> ends = new ArrayList<>();
    private final Owner app = Owner.named("app").stopTimeout(LONG).build();

    /** Ends what leaks here on purpose. */
    @AfterEach
    void endLeaks() {
        await().atMost(LONG).untilAsserted(() -> {
            ends.forEach(Runnable::run);
            assertThat(app.snapshot().all()).noneMatch(node -> node.state() == NodeState.LEAKED);
        });
        app.close();
    }

    /** Starts {@code body}, and waits until its thread is in {@code method}. */
    private void startIn(String method, String name, ThreadKind kind, WorkerBody body) {
        CountDownLatch begun = new CountDownLatch(1);
        if (!app.state().isLive()) {
            app.start();
        }
        app.start(ManagedWorker.named(name).threads(kind).run(ctx -> {
            begun.countDown();
            body.run(ctx);
        }));
        await().atMost(LONG).until(() -> begun.getCount() == 0 && isIn(method, "app/" + name));
    }

    private static boolean isIn(String method, String path) {
        return LiveThreads.owners().entrySet().stream()
                .filter(entry -> entry.getValue().equals(path))
                .flatMap(entry -> List.of(entry.getKey().getStackTrace()).stream())
                .anyMatch(frame -> frame.getMethodName().equals(method)
                        && frame.getClassName().startsWith(LeakShapes.class.getName()));
    }

    private void assertLeaks(String path, String where) {
        StopReport report = app.stop(SOON_GIVEN_UP);
        assertThat(report.leaked())
                .filteredOn(entry -> entry.path().equals(path))
                .singleElement()
                .satisfies(entry -> assertThat(entry.leak().last())
                        .as("the stack of %s", path)
                        .anySatisfy(frame -> assertThat(frame.toString()).contains(where)));
    }

    private void assertEnds() {
        assertThat(app.stop().isClean()).isTrue();
    }

    // 1 A sender blocked with no reader

    @EachThreadKind
    void senderWithoutAReaderIsNamedByTheStop(ThreadKind kind) {
        LeakShapes.Sender sender = new LeakShapes.Sender();
        ends.add(sender::drain);
        startIn("send", "sender", kind, ctx -> sender.send("late"));
        assertLeaks("app/sender", "LeakShapes$Sender.send");
    }

    @EachThreadKind
    void sendersInARaceEndWithTheFirstAnswer(ThreadKind kind) throws Exception {
        Owner racers = Owner.named("racers").threads(kind).build();
        app.start();
        app.start(racers);
        CountDownLatch begun = new CountDownLatch(1);
        Callable<String> fast = () -> {
            begun.await();
            return "first";
        };
        Callable<String> slow = () -> {
            try {
                begun.countDown();
                new CountDownLatch(1).await();
                return "late";
            } finally {
                done.add("slow has ended");
            }
        };
        assertThat(new LeakShapes.Sender().firstAnswer(racers, List.of(fast, slow)))
                .isEqualTo("first");
        assertThat(done).containsExactly("slow has ended");
        assertEnds();
    }

    // 2 A receiver that nobody closes

    @EachThreadKind
    void receiverThatNobodyClosesIsNamedByTheStop(ThreadKind kind) {
        LeakShapes.Receiver receiver = new LeakShapes.Receiver(done::add);
        ends.add(receiver::shutdown);
        startIn("receive", "receiver", kind, ctx -> receiver.receive());
        assertLeaks("app/receiver", "LeakShapes$Receiver.receive");
    }

    @EachThreadKind
    void receiverOfAPoolEndsWhenThePoolIsClosedOrStopped(ThreadKind kind) throws Exception {
        Owner owner = Owner.named("owner").threads(kind).build();
        app.start();
        app.start(owner);
        WorkerPool<String> closed = owner.start(new LeakShapes.Receiver(done::add).pool());
        closed.submit("first");
        closed.submit("last");
        closed.close();
        assertThat(done).containsExactly("first", "last");
        assertThat(closed.worker().state()).isEqualTo(NodeState.STOPPED);
        owner.detach(closed);
        WorkerPool<String> stopped = owner.start(new LeakShapes.Receiver(done::add).pool());
        assertEnds();
        assertThat(stopped.worker().state()).isEqualTo(NodeState.STOPPED);
    }

    // 3 A spin loop without cancellation

    @EachThreadKind
    void spinWithoutCancellationIsNamedByTheStop(ThreadKind kind) {
        LeakShapes.Poller poller = new LeakShapes.Poller();
        ends.add(poller::done);
        startIn("spin", "spinner", kind, ctx -> poller.spin());
        assertLeaks("app/spinner", "LeakShapes$Poller.spin");
    }

    @EachThreadKind
    void loopThatRestsInItsContextEndsWithoutAnInterrupt(ThreadKind kind) {
        LeakShapes.Poller poller = new LeakShapes.Poller();
        app.start();
        ManagedWorker worker = app.start(ManagedWorker.named("poller")
                .threads(kind)
                .stopMode(StopMode.FINISH)
                .run(poller::poll));
        await().atMost(LONG).until(() -> worker.snapshot().progress() != null);
        StopReport report = app.stop();
        assertThat(report.isClean()).isTrue();
        assertThat(report.entries())
                .allSatisfy(entry -> assertThat(entry.stage()).isEqualTo(StopStage.SIGNAL));
    }

    // 4 A lock held across blocking work

    @EachThreadKind
    void lockHeldWhileWaitingIsNamedByTheStopWithAllWhoWaitForIt(ThreadKind kind) {
        LeakShapes.Catalogue catalogue = new LeakShapes.Catalogue();
        ends.add(catalogue::answer);
        startIn("fetch", "refresher", kind, ctx -> catalogue.refresh());
        startIn("read", "reader", kind, ctx -> catalogue.read());
        StopReport report = app.stop(SOON_GIVEN_UP);
        assertThat(report.leaked()).extracting(StopReport.Entry::path).contains("app/refresher", "app/reader");
        assertThat(report.leaked())
                .filteredOn(entry -> entry.path().equals("app/reader"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.leak().threadState()).isEqualTo(Thread.State.BLOCKED);
                    assertThat(entry.leak().where()).contains("LeakShapes$Catalogue.read");
                });
    }

    @EachThreadKind
    void lockThatIsNotHeldWhileWaitingKeepsNobody(ThreadKind kind) {
        LeakShapes.Catalogue catalogue = new LeakShapes.Catalogue();
        startIn("refresh", "refresher", kind, catalogue::refresh);
        assertEnds();
    }

    // 5 A ticker that nobody stops

    @EachThreadKind
    void tickerThatNobodyStopsIsNamedByTheStop(ThreadKind kind) {
        LeakShapes.Ticker ticker = new LeakShapes.Ticker(ticks::incrementAndGet);
        ends.add(ticker::shutdown);
        startIn("run", "ticker", kind, ctx -> ticker.run());
        assertLeaks("app/ticker", "LeakShapes$Ticker.run");
    }

    @Test
    void tickerThatNobodyOwnsIsNamedByTheCensus() {
        Timer timer = new Timer("price-ticker", true);
        try {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            ticks.incrementAndGet();
                        }
                    },
                    0,
                    50);
            await().atMost(LONG).until(() -> ticks.get() > 0);
            assertThat(ThreadCensus.knowing().platform())
                    .filteredOn(thread -> thread.name().equals("price-ticker"))
                    .extracting(LiveThread::ownership)
                    .containsExactly(Ownership.UNOWNED);
        } finally {
            timer.cancel();
        }
    }

    @EachThreadKind
    void heartbeatEndsWithItsOwner(ThreadKind kind) {
        Owner owner = Owner.named("owner").threads(kind).build();
        app.start();
        app.start(owner);
        owner.start(new LeakShapes.Ticker(ticks::incrementAndGet).heartbeat());
        await().atMost(LONG).until(() -> ticks.get() > 1);
        assertEnds();
    }

    // The documentation

    @Test
    void codeInTheDocumentationIsTheCodeThatRunsHere() throws IOException {
        String doc = Files.readString(Path.of("../docs/leak-patterns.md"));
        String code = squeezed(
                Files.readString(Path.of("../leakproof-core/src/test/java/dev/leakproof/example/LeakShapes.java")));
        Matcher blocks = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(doc);
        int found = 0;
        for (; blocks.find(); found++) {
            assertThat(code).contains(squeezed(blocks.group(1)));
        }
        assertThat(found).as("two for each of the five shapes").isEqualTo(10);
    }

    private static String squeezed(String code) {
        return code.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("/**"))
                .collect(Collectors.joining("\n"));
    }
}
