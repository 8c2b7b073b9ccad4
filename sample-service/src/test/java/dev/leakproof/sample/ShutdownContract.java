package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.sample.OrderClient.Outbox;
import dev.leakproof.sample.SampleProcess.Exit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.MatchResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service is told to stop, or killed, while it is at work; on whatever database. */
abstract class ShutdownContract {

    static final Duration BUDGET = Duration.ofSeconds(12);

    // After the signal; beyond the workers' budget there are the web server and the JVM, on a machine that may be busy.
    static final Duration EXIT_BOUND = BUDGET.plusSeconds(20);

    private static final Duration CATCH_UP_BOUND = Duration.ofSeconds(90);

    private static final String STOP_LINE = "(\\d+) stopped, (\\d+) leaked in (\\S+) of (\\S+)";
    static final String DATABASE_CLOSED = "(?i)database (has been|is already) closed";

    @TempDir
    Path directory;

    /** Begins to describe a service that finds what the one before it has left. */
    abstract SampleProcess.Builder service();

    @Test
    void noAcceptedOrderIsLostWhenTheServiceIsToldToStopInTheMiddle() throws Exception {
        Outbox before;
        int accepted;
        // 4 relays at 100 ms a delivery: 40 orders a second, while several hundred a second come in, or on a busy
        // machine
        // less.
        try (SampleProcess service =
                service().property("sample.peer.delay", "100ms").start()) {
            OrderClient client = new OrderClient(service);
            accepted = Set.copyOf(client.post(2_000)).size();
            before = client.outbox();
            assertThat(before.outstanding()).isGreaterThanOrEqualTo(500);

            Exit exit = service.terminate(EXIT_BOUND);

            assertThat(exit.code()).isEqualTo(143);
            assertThat(exit.took()).isLessThan(BUDGET);
            MatchResult line = lastStopLine(service);
            assertThat(line.group(1))
                    .satisfies(stopped -> assertThat(Integer.parseInt(stopped))
                            .as("the relay and its four, the ping, the quotes, and their owners")
                            .isGreaterThanOrEqualTo(8));
            assertThat(line.group(2)).isEqualTo("0");
            assertThat(line.group(4)).isEqualTo("12s");
            assertThat(exit.log()).doesNotContain("WARN").doesNotContain("ERROR");
            print(
                    "SIGTERM with %d outstanding: exit %d after %d ms; %s",
                    before.outstanding(), exit.code(), exit.took().toMillis(), line.group());
        }

        try (SampleProcess successor = service().start()) {
            Outbox after = awaitNoneOutstanding(successor);
            assertThat(after.accepted()).isEqualTo(accepted).isEqualTo(2_000);
            assertThat(after.delivered()).isEqualTo(2_000);
            assertThat(after.peer().effects()).isEqualTo(2_000);
            print("after the restart: %s", after);
        }
    }

    @Test
    @Tag("slow")
    void noAcceptedOrderIsLostWhenTheServiceIsKilled() throws Exception {
        try (SampleProcess service =
                service().property("sample.peer.delay", "20ms").start()) {
            new OrderClient(service).post(300);
            service.kill();
        }

        try (SampleProcess successor = service().start()) {
            Outbox after = awaitNoneOutstanding(successor);
            assertThat(after.accepted()).isEqualTo(300);
            assertThat(after.peer().effects()).isEqualTo(300);
            assertThat(after.peer().repeats()).as("at most the batches in hand").isLessThanOrEqualTo(4 * 10);
            print("after SIGKILL: %s", after);
        }
    }

    @Test
    @Tag("slow")
    void everyAcceptedImportIsDoneBeforeTheEnd() throws Exception {
        // Hundreds of commits, which take a slow disk its time.
        try (SampleProcess service =
                service().property("leakproof.shutdown.timeout", "60s").start()) {
            OrderClient client = new OrderClient(service);
            client.postFile(200);
            String second = client.postFile(200);
            print("the import at SIGTERM: %s", client.get(second));

            service.terminate(Duration.ofSeconds(90));

            assertThat(lastStopLine(service).group(2)).isEqualTo("0");
        }

        try (SampleProcess successor = service().start()) {
            Outbox after = awaitNoneOutstanding(successor);
            assertThat(after.accepted()).isEqualTo(400);
            assertThat(after.peer().effects()).isEqualTo(400);
        }
    }

    /** Nothing but an interrupt ends the calls in hand, and it must not take H2's file down with it. */
    @Test
    @Tag("slow")
    void aPeerThatHangsHoldsUpTheStopOnlyUntilTheForceStage() throws Exception {
        try (StubPeer peer = new StubPeer();
                SampleProcess service = service()
                        .property("sample.peer.url", peer.url())
                        .property("sample.peer.request-timeout", "60s")
                        .start()) {
            peer.leaveUnanswered(call -> !call.startsWith("/"));
            new OrderClient(service).post(100);
            await().atMost(CATCH_UP_BOUND)
                    .until(() -> peer.calls().stream()
                                    .filter(call -> !call.startsWith("/"))
                                    .count()
                            == 4);

            Exit exit = service.terminate(EXIT_BOUND);

            assertThat(exit.code()).isEqualTo(143);
            MatchResult line = lastStopLine(service);
            assertThat(line.group(2)).isEqualTo("0");
            assertThat(exit.log()).doesNotContainPattern(DATABASE_CLOSED);
            print(
                    "SIGTERM with a peer that hangs: exit after %d ms; %s",
                    exit.took().toMillis(), line.group());
        }

        try (SampleProcess successor = service().start()) {
            assertThat(awaitNoneOutstanding(successor).peer().effects()).isEqualTo(100);
        }
    }

    private static Outbox awaitNoneOutstanding(SampleProcess service) throws Exception {
        OrderClient client = new OrderClient(service);
        await().atMost(CATCH_UP_BOUND).until(() -> client.outbox().outstanding() == 0);
        return client.outbox();
    }

    private static MatchResult lastStopLine(SampleProcess service) {
        return service.matches(STOP_LINE)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("No stop line in\n" + service.log()));
    }

    private static void print(String format, Object... arguments) {
        System.out.println("Shutdown: " + format.formatted(arguments));
    }
}
