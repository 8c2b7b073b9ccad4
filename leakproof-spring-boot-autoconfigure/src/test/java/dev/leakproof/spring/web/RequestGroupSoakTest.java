package dev.leakproof.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.LiveThreads;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.census.LiveThread;
import dev.leakproof.census.ThreadCensus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of all kinds, in all their ways to end, side by side: afterwards no thread is left. */
class RequestGroupSoakTest {

    private static final int AT_ONCE = 32;

    /** Half of all end well; the others fail, time out, or are hung up on. */
    private static final List<String> PATHS = List.of(
            "/join",
            "/callable",
            "/deferred",
            "/future",
            "/sse",
            "/stream",
            "/handed-over",
            "/left",
            "/fail",
            "/fail-handled",
            "/callable-fail",
            "/hang",
            "/deferred-timeout");

    private static final List<String> ABORTED = List.of("/sse-for-ever", "/hang", "/join", "/stream");

    private final AtomicInteger answered = new AtomicInteger();

    static Stream<Boolean> threadKinds() {
        return RequestGroupTest.threadKinds();
    }

    @ParameterizedTest(name = "virtual threads: {0}")
    @MethodSource("threadKinds")
    void noThreadIsLeftAfterHundredsOfRequests(boolean virtual) throws Exception {
        noThreadIsLeftAfter(400, virtual);
    }

    @Tag("slow")
    @ParameterizedTest(name = "virtual threads: {0}")
    @MethodSource("threadKinds")
    void noThreadIsLeftAfterTenThousandRequests(boolean virtual) throws Exception {
        noThreadIsLeftAfter(10_000, virtual);
    }

    private void noThreadIsLeftAfter(int requests, boolean virtual) throws Exception {
        try (GroupApplication app = new GroupApplication(virtual, "leakproof.web.deadline=20s")) {
            int aborted = ask(app, requests);
            assertThat(answered).hasValue(requests - aborted);
            assertThat(aborted).isGreaterThan(requests / 10);
            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                assertThat(app.root().find("app/web").orElseThrow().children())
                        .extracting(NodeSnapshot::path)
                        .isEmpty();
                assertThat(app.handlers().ended).hasValue(app.handlers().begun.get());
                assertThat(forkThreads()).isEmpty();
            });
            assertThat(app.handlers().begun.get()).isGreaterThan(requests / 2);
        }
    }

    private int ask(GroupApplication app, int requests) throws Exception {
        Semaphore room = new Semaphore(AT_ONCE);
        int aborted = 0;
        for (int i = 0; i < requests; i++) {
            if (i % 5 == 4) {
                String path = ABORTED.get(aborted++ % ABORTED.size());
                app.abort(path, path.equals("/sse-for-ever"));
                continue;
            }
            room.acquire();
            app.getAsync(PATHS.get((i - i / 5) % PATHS.size())).whenComplete((response, failure) -> {
                if (failure == null) {
                    answered.incrementAndGet();
                }
                room.release();
            });
        }
        room.acquire(AT_ONCE);
        return aborted;
    }

    /** By the tree's books, and by the JVM's. */
    private static List<String> forkThreads() {
        Stream<String> known = LiveThreads.owners().values().stream().filter(path -> path.startsWith("app/web"));
        Stream<LiveThread> live =
                Stream.concat(ThreadCensus.knowing().platform().stream(), ThreadCensus.knowing().virtual().stream());
        return Stream.concat(
                        known,
                        live.filter(thread -> thread.name().startsWith("app/web")
                                        || thread.stack().stream()
                                                .anyMatch(frame ->
                                                        frame.getClassName().startsWith("dev.leakproof.Fork")))
                                .map(LiveThread::name))
                .toList();
    }
}
