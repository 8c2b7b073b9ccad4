package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** What structured logs can be searched by, and what hostile texts do to a line. */
class NodeLogTest {

    /** Ends by no interrupt. */
    private static WorkerBody swallowing(CountDownLatch entered, CountDownLatch release) {
        return ctx -> {
            entered.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException swallowed) {
                    // on purpose
                }
            }
        };
    }

    @Test
    void failureBackoffLeakLateEndAndStopHavePathOwnerAndState() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (LogCapture logs = new LogCapture()) {
            Owner app = Owner.root("app");
            ManagedWorker failing = app.child("mail")
                    .start(ManagedWorker.named("failing")
                            .restart(RestartPolicy.onFailure()
                                    .backoff(Duration.ofMillis(1), Duration.ofMillis(1))
                                    .intensity(1, Duration.ofMinutes(1)))
                            .run(ctx -> {
                                throw new IllegalStateException("on purpose");
                            }));
            ManagedWorker stuck = app.start(ManagedWorker.named("stuck").run(swallowing(entered, release)));
            entered.await();
            await().until(() -> failing.state() == NodeState.FAILED);
            app.stop(Duration.ofMillis(100));
            release.countDown();
            await().until(() -> stuck.state() == NodeState.STOPPED);
            await().untilAsserted(
                            () -> assertThat(logs.lines("has ended after all")).hasSize(1));
            assertPairs(logs, "A run of", "app/mail/failing", "app/mail");
            assertPairs(logs, "is started again in", "app/mail/failing", "app/mail");
            assertPairs(logs, "is not started again", "app/mail/failing", "app/mail");
            assertPairs(logs, "LEAKED worker 'app/stuck'", "app/stuck", "app");
            assertPairs(logs, "has ended after all", "app/stuck", "app");
            assertPairs(logs, "app: ", "app", "none");
            assertThat(pairs(logs, "LEAKED")).contains("state=leaked");
            assertThat(logs.lines("is not started again").get(0).getThrowableProxy())
                    .isNotNull();
            // The text is as before: what the pairs say is not in it twice.
            assertThat(logs.lines("has ended after all").get(0).getFormattedMessage())
                    .startsWith("worker 'app/stuck' has ended after all, ");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatLeaksKeepsItsPathThoughItIsTakenOut(boolean withItsOwner) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (LogCapture logs = new LogCapture();
                Owner app = Owner.root("app")) {
            app.addListener(new TreeListener() {
                @Override
                public void endedLate(NodeSnapshot node, Duration late) {
                    told.add(node.path() + " of " + node.exitStory().owner());
                }
            });
            Owner mail = app.start(Owner.named("mail").build());
            ManagedWorker stuck = mail.start(ManagedWorker.named("stuck").run(swallowing(entered, release)));
            entered.await();
            app.stop(Duration.ofMillis(100));
            if (withItsOwner) {
                app.detach(mail);
            } else {
                mail.detach(stuck);
            }
            release.countDown();
            await().untilAsserted(() -> assertThat(told).containsExactly("app/mail/stuck of app/mail"));
            assertPairs(logs, "has ended after all", "app/mail/stuck", "app/mail");
        }
    }

    @Test
    void aHostileMessageIsOneLine() {
        assertThat(NodeLog.oneLine("a\r\nERROR forged\u001b[31m\u009b31m\u2028x\u202ey\ud800z"))
                .isEqualTo("a ERROR forged [31m 31m x y z");
        CountDownLatch beats = new CountDownLatch(3);
        try (LogCapture logs = new LogCapture();
                Owner app = Owner.root("app")) {
            app.start(Heartbeat.named("ping").every(Duration.ofMillis(1)).beat(ctx -> {
                beats.countDown();
                throw new IllegalStateException("x\r\n2026-01-01 ERROR forged");
            }));
            await().untilAsserted(() -> assertThat(logs.lines("in a row")).isNotEmpty());
            assertThat(logs.lines("in a row"))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .allSatisfy(
                            line -> assertThat(line).doesNotContain("\n", "\r").contains("ERROR forged"));
        }
    }

    @Test
    void aHostileThreadNameIsOneLine() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (LogCapture logs = new LogCapture();
                Owner app = Owner.root("app")) {
            ManagedWorker stuck = app.start(ManagedWorker.named("stuck").run(ctx -> {
                Thread.currentThread().setName("x\r\nERROR forged");
                swallowing(entered, release).run(ctx);
            }));
            entered.await();
            stuck.stop(Duration.ofMillis(100));
            assertThat(logs.lines("LEAKED").get(0).getFormattedMessage()).contains("'x ERROR forged'");
            release.countDown();
        }
    }

    private static void assertPairs(LogCapture logs, String text, String path, String owner) {
        assertThat(logs.lines(text)).isNotEmpty();
        assertThat(pairs(logs, text)).contains("path=" + path, "owner=" + owner).anyMatch(p -> p.startsWith("state="));
    }

    private static List<String> pairs(LogCapture logs, String text) {
        return logs.lines(text).get(0).getKeyValuePairs().stream()
                .map(NodeLogTest::print)
                .toList();
    }

    private static String print(KeyValuePair pair) {
        return pair.key + "=" + pair.value;
    }
}
