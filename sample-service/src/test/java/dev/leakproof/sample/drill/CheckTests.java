package dev.leakproof.sample.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each check of the drill lets a good run pass and strikes at a bad one. */
class CheckTests {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Scenario scenario = new Scenario("a stop");
    private final Traffic.Request accepted = new Traffic.Request(START, "pod-1", "");
    private final Peer.Delivery delivery = new Peer.Delivery(START, "a", true);
    private final Peer.Delivery repeat = new Peer.Delivery(START, "a", false);

    @Test
    void aGoodRunPasses() {
        assertThat(problems(accepted, repeat, 0, end(24, 143, "9 stopped, 0 leaked in 1s of 12s")))
                .isEmpty();
    }

    @Test
    void aFailedRequestIsSeen() {
        Traffic.Request refused = new Traffic.Request(START, "pod-1", "refused");

        assertThat(problems(refused, repeat, 0, end(6, 143, "line"))).containsExactly("requests failed");
    }

    @Test
    void aLostOrderIsSeen() {
        assertThat(problems(accepted, repeat, 1, end(6, 143, "line"))).containsExactly("accepted orders lost");
    }

    @Test
    void anEffectThatComesTwiceIsSeen() {
        assertThat(problems(accepted, delivery, 0, end(6, 143, "line"))).containsExactly("effects duplicated");
    }

    @Test
    void aLongStopIsSeen() {
        assertThat(problems(accepted, repeat, 0, end(25, 143, "line")))
                .containsExactly("more than 80 % of the grace used");
    }

    @Test
    void aStopThatWasCutOffIsSeen() {
        assertThat(problems(accepted, repeat, 0, end(30, 137, null)))
                .containsExactly(
                        "more than 80 % of the grace used",
                        "killed at the end of the grace", "wrong exit code", "no final line");
    }

    @Test
    void aRunWithoutAnyDeletionProvesNothing() {
        Outcome nothing = new Outcome(scenario, List.of(), List.of(), List.of(), 0, 0);

        assertThat(Check.problems(nothing)).contains("no final line", "wrong exit code");
    }

    @Test
    void whatHasToFailIsMissedIfItHolds() {
        scenario.mustFail(Check.NO_REQUEST_FAILS);

        assertThat(problems(accepted, repeat, 0, end(6, 143, "line"))).containsExactly("not seen: requests failed");
    }

    private List<String> problems(Traffic.Request request, Peer.Delivery second, int lost, Deletion deletion) {
        return Check.problems(
                new Outcome(scenario, List.of(request), List.of(delivery, second), List.of(deletion), 1, lost));
    }

    private static Deletion end(int seconds, int exitCode, String finalLine) {
        return new Deletion(
                "pod-1",
                START,
                START.plusSeconds(5),
                Optional.empty(),
                START.plus(Duration.ofSeconds(seconds)),
                exitCode,
                seconds >= 30,
                Optional.ofNullable(finalLine),
                0,
                List.of());
    }
}
