package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PresentRunsTest {

    /** More than have places side by side: each has to find its own again. */
    private static final int MANY = 300;

    @Test
    void eachHeartbeatHasItsOwnRunAndLetsGoOfIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<Heartbeat> beats = new ArrayList<>();
        try (Owner app = Owner.named("app").threads(ThreadKind.PLATFORM).build()) {
            app.start();
            for (int i = 0; i < MANY; i++) {
                beats.add(app.start(
                        Heartbeat.named("beat-" + i).every(Duration.ofHours(1)).beat(ctx -> release.await())));
            }
            Awaitility.await().until(() -> beats.stream().allMatch(beat -> present(beat) != null));

            Set<Activity> runs = new HashSet<>();
            for (Heartbeat beat : beats) {
                Activity run = present(beat);
                runs.add(run);
                assertThat(run.threadName()).isEqualTo("app/" + beat.name());
            }
            assertThat(runs).hasSize(MANY);

            release.countDown();
            Awaitility.await().until(() -> beats.stream().allMatch(beat -> present(beat) == null));
        }
    }

    private static Activity present(Heartbeat beat) {
        return beat.worker().current().activity();
    }

    @Test
    void whatHasEndedLateDoesNotTakeTheNextOneAway() {
        PresentRuns runs = new PresentRuns();
        int place = runs.take();
        Activity past = new Standing();
        Activity next = new Standing();

        runs.put(place, past);
        runs.put(place, next);
        runs.remove(place, past);

        assertThat(runs.at(place)).isSameAs(next);
    }
}
