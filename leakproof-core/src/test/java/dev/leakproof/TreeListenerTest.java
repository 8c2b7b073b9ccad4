package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.failure.FailureMode;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TreeListenerTest {

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();

    private final TreeListener recorder = new TreeListener() {
        @Override
        public void started(NodeSnapshot node) {
            heard.add("started " + node.path());
        }

        @Override
        public void ran(NodeSnapshot node, Duration took, Throwable failure) {
            heard.add("ran " + node.path() + (failure == null ? "" : " " + failure.getMessage()));
        }

        @Override
        public void stopped(NodeSnapshot node) {
            heard.add("stopped " + node.path());
        }

        @Override
        public void failed(NodeSnapshot node) {
            heard.add("failed " + node.path());
        }

        @Override
        public void detached(NodeSnapshot node) {
            heard.add("detached " + node.path());
        }

        @Override
        public void reported(StopReport report) {
            heard.add("reported " + report.path());
        }
    };

    @Test
    void hearsOfEverythingInOrderUpToTheReportOfTheRoot() {
        Owner app = Owner.named("app").build();
        app.addListener(recorder);
        CountDownLatch begun = new CountDownLatch(1);
        app.attach(ManagedWorker.named("w").run(ctx -> {
            begun.countDown();
            ctx.sleep(Duration.ofMinutes(1));
        }));
        app.start();
        awaitQuietly(begun); // a stop that comes before leaves nothing to hear of a run
        app.stop();
        // The stop waits for them, but on a busy machine not long enough.
        await().untilAsserted(() -> assertThat(heard)
                .containsExactly(
                        "started app", "started app/w", "ran app/w", "stopped app/w", "stopped app", "reported app"));
    }

    @Test
    void hearsOfFailuresAndOfWhatIsDetached() {
        try (Owner app = Owner.root("app")) {
            app.addListener(recorder);
            ManagedWorker worker = app.start(
                    ManagedWorker.named("w").restart(RestartPolicy.never()).run(ctx -> {
                        throw new IllegalStateException("on purpose");
                    }));
            await().until(() -> heard.contains("failed app/w"));
            app.detach(worker);
            await().untilAsserted(() -> assertThat(heard)
                    .containsExactly("started app/w", "ran app/w on purpose", "failed app/w", "detached app/w"));
            assertThat(app.snapshot().children()).isEmpty();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void listenerThatThrowsOrHangsNeitherBreaksNorDelaysAnything() {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Owner app = Owner.named("app").build();
        app.addListener(new TreeListener() {
            @Override
            public void started(NodeSnapshot node) {
                throw new IllegalStateException("thrown on purpose");
            }

            @Override
            public void stopped(NodeSnapshot node) {
                awaitQuietly(mayGoOn);
            }
        });
        app.addListener(recorder);
        app.attach(ManagedWorker.named("w").run(ctx -> ctx.sleep(Duration.ofMinutes(1))));
        try (LogCapture logs = new LogCapture()) {
            app.start();
            await().until(() -> heard.contains("started app/w"));
            FailureMode.of("A listener throws or hangs").assertSeenIn(logs.text());
        }
        assertThat(app.stop().isClean()).isTrue();
        assertThat(app.state()).isEqualTo(NodeState.STOPPED);
        mayGoOn.countDown();
        await().until(() -> heard.contains("reported app"));
    }

    @Test
    void listenerThatStillHangsInAnEarlierLifeHoldsUpNothingOfTheNext() throws InterruptedException {
        Owner app = Owner.named("app").build();
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch testOver = new CountDownLatch(1);
        CountDownLatch again = new CountDownLatch(1);
        app.addListener(new TreeListener() {
            @Override
            public void started(NodeSnapshot node) {
                if (node.starts() == 1) {
                    hangs.countDown();
                    awaitQuietly(testOver);
                } else {
                    again.countDown();
                }
            }
        });
        try {
            app.start();
            hangs.await();
            app.stop();
            app.start();
            assertThat(again.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            testOver.countDown();
            app.close();
        }
    }

    @Test
    void hearsNoMoreOnceItsRegistrationIsClosed() {
        Owner app = Owner.named("app").build();
        app.addListener(recorder).close();
        app.start();
        app.stop();
        assertThat(heard).isEmpty();
    }

    /** More than may wait, while the thread that tells of them is held up: so it is seen whether any are to be told. */
    private static void runOften(Owner app) {
        Events events = app.ownTree().events();
        for (int i = 0; i <= 10_000; i++) {
            events.ran(app, Duration.ZERO, null);
            events.skipped(app);
        }
    }

    @Test
    void runsCostNothingWhereNoListenerOverridesWhatTellsOfThem() throws InterruptedException {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Owner app = Owner.named("app").build();
        app.addListener(new TreeListener() {
            @Override
            public void started(NodeSnapshot node) {
                hangs.countDown();
                awaitQuietly(mayGoOn);
            }
        });
        app.start();
        hangs.await();
        try (LogCapture logs = new LogCapture()) {
            runOften(app);
            assertThat(logs.text()).doesNotContain("events behind");
            Registration registration = app.addListener(new TreeListener() {
                @Override
                public void skipped(NodeSnapshot node) {}
            });
            registration.close();
            runOften(app);
            assertThat(logs.text()).doesNotContain("events behind");
            app.addListener(recorder);
            runOften(app);
            assertThat(logs.text()).contains("events behind");
        } finally {
            mayGoOn.countDown();
            app.stop();
        }
    }
}
