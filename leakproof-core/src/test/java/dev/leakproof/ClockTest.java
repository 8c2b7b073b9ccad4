package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody sets the wall clock. The monotonic time goes on as ever. */
class ClockTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger runs = new AtomicInteger();
    private final Owner app = Owner.named("app").timeSource(time).build();

    @AfterEach
    void stop() {
        app.close();
    }

    private void awaitRuns(int expected) {
        await().untilAsserted(() -> assertThat(runs).hasValue(expected));
    }

    /** Their ends, too: until then the next would be left out. */
    private void awaitRuns(int expected, ManagedWorker of) {
        await().untilAsserted(() -> assertThat(of.snapshot().runs().completed()).isEqualTo(expected));
        assertThat(runs).hasValue(expected);
    }

    @Test
    void aHeartbeatKeepsItsPaceWhereverTheClockGoes() {
        app.start();
        ManagedWorker ping = app.start(
                        Heartbeat.named("ping").every(Duration.ofSeconds(10)).beat(ctx -> runs.incrementAndGet()))
                .worker();
        awaitRuns(1, ping);
        for (Duration leap : new Duration[] {HOUR, HOUR.negated(), Duration.ofDays(-365)}) {
            int before = runs.get();
            time.setNow(time.now().plus(leap));
            time.advance(Duration.ofSeconds(9));
            assertThat(runs).hasValue(before);
            time.advance(Duration.ofSeconds(1));
            awaitRuns(before + 1, ping);
        }
    }

    @Test
    void aBackoffTakesAsLongAsItWouldHaveWhereverTheClockGoes() {
        app.start();
        ManagedWorker worker = app.start(ManagedWorker.named("w")
                .restart(RestartPolicy.onFailure().jitter(0))
                .run(ctx -> {
                    throw new IllegalStateException("failure " + runs.incrementAndGet());
                }));
        await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.BACKING_OFF));
        time.setNow(time.now().plus(HOUR));
        assertThat(worker.state()).isEqualTo(NodeState.BACKING_OFF);
        time.setNow(time.now().minus(Duration.ofDays(1)));
        time.advance(Duration.ofSeconds(1));
        awaitRuns(2);
    }

    /** By the clock, as cron is: it is asked again within half a minute. */
    @Test
    void aTriggerGoesByTheClockAsItIsNow() {
        app.start();
        ManagedWorker hourly = app.start(
                ManagedWorker.named("hourly").trigger(ClockTest::nextHour).run(ctx -> runs.incrementAndGet()));

        time.setNow(time.now().plus(HOUR));
        time.advance(Duration.ofSeconds(30));
        awaitRuns(1, hourly);

        time.setNow(time.now().minus(HOUR)); // the hour that it has run for comes again
        time.advance(HOUR);
        assertThat(runs).as("once for an hour").hasValue(1);
        time.advance(HOUR);
        awaitRuns(2);
    }

    private static Instant nextHour(Instant after) {
        return after.truncatedTo(ChronoUnit.HOURS).plus(HOUR);
    }
}
