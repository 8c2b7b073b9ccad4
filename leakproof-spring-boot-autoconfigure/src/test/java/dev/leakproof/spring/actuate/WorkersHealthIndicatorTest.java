package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** When the workers are in trouble, and when there is only a warning. */
class WorkersHealthIndicatorTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    private final Owner app = Owner.root("app");
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        app.close();
    }

    @Test
    void aHeartbeatIsStaleOnlyPastItsNextDueAndTheTolerance() {
        Heartbeat ping = app.start(Heartbeat.named("ping").every(LONG).beat(ctx -> {}));
        // The first is due at once.
        soon().until(() -> ping.worker().snapshot().runs().completed() == 1);
        Instant due = dueOf(ping);
        assertThat(health(due).getStatus()).isEqualTo(Status.UP);
        assertThat(health(due.plus(TOLERANCE)).getStatus()).isEqualTo(Status.UP);
        Health late = health(due.plus(TOLERANCE).plusSeconds(50));
        assertThat(late.getStatus()).isEqualTo(Status.DOWN);
        assertThat(late.getDetails()).containsEntry("troubles", Map.of("app/ping", "stale: a beat is due since 1m"));
    }

    @Test
    void aHeartbeatThatHangsIsStale() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        Heartbeat hanging =
                app.start(Heartbeat.named("hanging").every(Duration.ofMillis(5)).beat(ctx -> {
                    entered.countDown();
                    release.await();
                }));
        entered.await();
        soon().until(() -> hanging.skipped() > 2);
        Instant firstMissed = dueOf(hanging);
        soon().until(() -> hanging.skipped() > 5);
        assertThat(dueOf(hanging)).isEqualTo(firstMissed);
        assertThat(health(firstMissed.plus(TOLERANCE).plusMillis(1)).getStatus())
                .isEqualTo(Status.DOWN);
    }

    @Test
    void oneThatIsAtWorkUntilTheNextDelayIsNotStale() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        app.start(Heartbeat.named("long").fixedDelay(Duration.ofMillis(5)).beat(ctx -> {
            entered.countDown();
            release.await();
        }));
        entered.await();
        assertThat(health(Instant.now().plus(LONG)).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void onesThatArePausedOrStoppedAreNotStaleNorAreWorkersThatWaitForTheirTick() {
        Heartbeat paused = app.start(Heartbeat.named("paused").every(LONG).beat(ctx -> {}));
        Heartbeat stopped = app.start(Heartbeat.named("stopped").every(LONG).beat(ctx -> {}));
        ManagedWorker cron = app.start(
                ManagedWorker.named("cron").trigger(after -> after.plus(LONG)).run(ctx -> {}));
        soon().until(() -> cron.snapshot().runs().nextDue() != null);
        paused.worker().pause();
        stopped.worker().stop();
        Health health = health(Instant.now().plus(LONG.multipliedBy(10)));
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("workers", Map.of("paused", 1, "stopped", 1, "running", 1));
    }

    @Test
    void failuresInARowAreAWarning() {
        app.start(Heartbeat.named("ping").every(Duration.ofMillis(1)).beat(ctx -> {
            throw new IllegalStateException("refused\ud800");
        }));
        soon().untilAsserted(() -> assertThat(health(Instant.now()).getDetails())
                .extractingByKey("warnings")
                .asString()
                .matches("\\{app/ping=[0-9]+ failed in a row, the last by"
                        + " java.lang.IllegalStateException: refused\ufffd}"));
        assertThat(health(Instant.now()).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aSilentRunIsAWarning() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        app.start(ManagedWorker.named("silent").stallAfter(Duration.ofMillis(1)).run(ctx -> {
            entered.countDown();
            release.await();
        }));
        entered.await();
        soon().untilAsserted(() -> assertThat(health(Instant.now()).getDetails())
                .extractingByKey("warnings")
                .asString()
                .startsWith("{app/silent=stalled: no sign of life since "));
        assertThat(health(Instant.now()).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aRestartThatIsWaitedForIsAWarningAndAFailureForGoodATrouble() {
        ManagedWorker backingOff = app.start(ManagedWorker.named("backing-off")
                .restart(RestartPolicy.onFailure().backoff(LONG, LONG))
                .run(ctx -> {
                    throw new IllegalStateException("on purpose");
                }));
        ManagedWorker failed = app.start(
                ManagedWorker.named("failed").restart(RestartPolicy.never()).run(ctx -> {
                    throw new IllegalStateException("for good");
                }));
        soon().until(() -> backingOff.state() == NodeState.BACKING_OFF && failed.state() == NodeState.FAILED);
        Health health = health(Instant.now());
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry("troubles", Map.of("app/failed", "failed: java.lang.IllegalStateException: for good"))
                .extractingByKey("warnings")
                .hasToString(
                        "{app/backing-off=1 failed in a row, the last by java.lang.IllegalStateException: on purpose;"
                                + " waits to be started again}");
    }

    @Test
    void aLeakIsATroubleUntilItEnds() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        ManagedWorker stuck = app.start(ManagedWorker.named("stuck").run(ctx -> {
            entered.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException swallowed) {
                    // on purpose
                }
            }
        }));
        entered.await();
        stuck.stop(Duration.ofMillis(100));
        Health health = health(Instant.now());
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .extractingByKey("troubles")
                .asString()
                .startsWith("{app/stuck=leaked: " + getClass().getName());
        release.countDown();
        soon().until(() -> stuck.state() == NodeState.STOPPED);
        assertThat(health(Instant.now()).getStatus()).isEqualTo(Status.UP);
    }

    private Health health(Instant now) {
        return new WorkersHealthIndicator(app, TOLERANCE, () -> now).health();
    }

    private static Instant dueOf(Heartbeat heartbeat) {
        soon().until(() -> heartbeat.nextDue().isPresent());
        return heartbeat.nextDue().orElseThrow();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
