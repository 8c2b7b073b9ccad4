package dev.leakproof.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.TreeNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Groups as arguments of controllers, on a real web server: open as long as the request is, whichever way it ends. */
@ParameterizedClass(name = "virtual threads: {0}")
@MethodSource("threadKinds")
class RequestGroupTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static GroupApplication app;

    @Parameter
    boolean virtual;

    static Stream<Boolean> threadKinds() {
        return Runtime.version().feature() >= 21 ? Stream.of(false, true) : Stream.of(false);
    }

    @BeforeParameterizedClassInvocation
    static void start(boolean virtual) {
        app = new GroupApplication(virtual, "leakproof.web.deadline=20s");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        app.close();
        app = null; // before JDK 21 its client ends by being forgotten
    }

    @AfterEach
    void letGo() {
        app.handlers().release.countDown();
    }

    private static List<NodeSnapshot> openGroups() {
        return app.root().find("app/web").map(NodeSnapshot::children).orElse(List.of());
    }

    private static void awaitNothingLeft() {
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(openGroups()).isEmpty();
            assertThat(app.handlers().ended).hasValue(app.handlers().begun.get());
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/join|200|[1,2,3]",
                "/left|200|left running",
                "/two|200|3",
                "/fail|500|",
                "/fail-handled|502|handled [7]",
                "/hang|500|",
                "/callable|200|[1,2]",
                "/callable-fail|500|",
                "/deferred|200|1",
                "/deferred-timeout|503|",
                "/future|200|1",
                "/handed-over|200|1",
                "/sse|200|data:1 data:2 data:3",
                "/stream|200|got 1 got 1"
            })
    void groupIsClosedWhenTheRequestCompletes(String path, int status, String body) {
        HttpResponse<String> response = app.get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        if (body != null) {
            assertThat(response.body().replaceAll("\\s+", " ").strip()).isEqualTo(body);
        }
        assertThat(app.handlers().begun.get()).isPositive();
        awaitNothingLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "/join,quotes.join",
        "/callable,quotes.callable",
        "/deferred,quotes.deferred",
        "/sse,quotes.sse",
        "/stream,quotes.stream"
    })
    void groupStaysOpenAsLongAsTheRequestGoesOn(String path, String name) {
        CountDownLatch release = new CountDownLatch(1);
        app.handlers().release = release;
        int before = app.handlers().begun.get();
        CompletableFuture<HttpResponse<String>> answer = app.getAsync(path);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(app.handlers().begun.get()).isGreaterThan(before));
        assertThat(openGroups()).singleElement().satisfies(group -> {
            assertThat(group.path()).isEqualTo("app/web/" + name);
            assertThat(group.kind()).isEqualTo(NodeKind.GROUP);
            assertThat(group.createdAt())
                    .isEqualTo("dev.leakproof.spring.web.GroupApplication$Quotes." + name.replace("quotes.", ""));
            assertThat(group.details()).containsEntry("deadline", "20s");
        });
        release.countDown();
        assertThat(answer.join().statusCode()).isEqualTo(200);
        awaitNothingLeft();
    }

    @Test
    void clientThatHangsUpIsNoticedAtAWrite() throws Exception {
        int before = app.handlers().begun.get();
        app.abort("/sse-for-ever", true);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(app.handlers().begun.get()).isGreaterThan(before));
        awaitNothingLeft();
    }

    @Test
    void clientThatHangsUpIsNotNoticedWhereNothingIsWrittenButTheDeadlineEndsTheForks() throws Exception {
        int before = app.handlers().begun.get();
        app.abort("/hang", false);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(app.handlers().begun.get()).isGreaterThan(before));
        awaitNothingLeft();
    }

    @Test
    void groupIsRefusedWhileItsOwnerIsPaused() {
        app.get("/join");
        TreeNode web = app.root().node("app/web").orElseThrow();
        web.pause();
        assertThat(app.get("/join").statusCode()).isEqualTo(503);
        web.resume();
        assertThat(app.get("/join").statusCode()).isEqualTo(200);
        awaitNothingLeft();
    }
}
