package dev.leakproof.jfr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording holds of the life of a tree. */
class FlightRecorderListenerTest {

    private static final String PREFIX = "dev.leakproof.";

    @Test
    void aRecordingHasStartsFailuresLeaksLateEndsAndStops(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String event : List.of("WorkerStarted", "WorkerFailed", "WorkerLeaked", "WorkerEndedLate", "Stop")) {
                recording.enable(PREFIX + event);
            }
            recording.start();
            live();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith(PREFIX))
                .toList();
        assertThat(events)
                .allSatisfy(event ->
                        assertThat(event.getEventType().getCategoryNames()).containsExactly("leakproof"));
        assertThat(of(events, "WorkerStarted"))
                .extracting(event -> event.getString("path"))
                .contains("app", "app/failing", "app/stuck");
        RecordedEvent failed = of(events, "WorkerFailed").get(0);
        assertThat(failed.getString("path")).isEqualTo("app/failing");
        assertThat(failed.getString("owner")).isEqualTo("app");
        assertThat(failed.getString("state")).isEqualTo("failed");
        assertThat(failed.getString("failure")).isEqualTo(IllegalStateException.class.getName());
        RecordedEvent leaked = of(events, "WorkerLeaked").get(0);
        assertThat(leaked.getString("path")).isEqualTo("app/stuck");
        assertThat(leaked.getString("kind")).isEqualTo("worker");
        assertThat(leaked.getString("leakedThread")).isEqualTo("app/stuck");
        assertThat(leaked.getString("createdAt")).contains(getClass().getSimpleName());
        assertThat(leaked.getDuration("waited")).isPositive();
        assertThat(leaked.getDuration("age")).isGreaterThanOrEqualTo(leaked.getDuration("waited"));
        assertThat(of(events, "WorkerEndedLate").get(0).getDuration("late")).isPositive();
        // A recording is not in the order of time.
        RecordedEvent stop = of(events, "Stop").stream()
                .filter(event -> event.getString("path").equals("app/stuck"))
                .findFirst()
                .orElseThrow();
        assertThat(stop.getInt("leaked")).isEqualTo(1);
        assertThat(stop.getDuration("budget")).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void withoutARecordingNothingHappens() throws Exception {
        live();
        assertThat(new WorkerStarted().isEnabled()).isFalse();
    }

    /** One worker fails, another leaks and ends late. */
    private static void live() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch reported = new CountDownLatch(1);
        try (Owner app = Owner.named("app").build()) {
            app.addListener(new FlightRecorderListener());
            // Told after it, of the last that there is.
            app.addListener(new TreeListener() {
                @Override
                public void reported(StopReport report) {
                    if (report.path().equals("app")) {
                        reported.countDown();
                    }
                }
            });
            app.start();
            ManagedWorker failing = app.start(ManagedWorker.named("failing")
                    .restart(RestartPolicy.never())
                    .run(ctx -> {
                        throw new IllegalStateException("on purpose");
                    }));
            ManagedWorker stuck = app.start(ManagedWorker.named("stuck")
                    .stopTimeout(Duration.ofMillis(100))
                    .run(ctx -> {
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
            await().until(() -> failing.state() == NodeState.FAILED);
            stuck.stop();
            release.countDown();
            await().until(() -> stuck.state() == NodeState.STOPPED);
        }
        reported.await();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(PREFIX + name))
                .toList();
    }
}
