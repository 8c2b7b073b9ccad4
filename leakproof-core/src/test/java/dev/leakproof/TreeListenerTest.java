package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;

import dev.leakproof.failure.FailureMode;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
            assertThat(worker.path()).isEqualTo("w");
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

    /** One that does something about other things than runs, and holds up the thread that tells of anything. */
    private static final class Hanging implements TreeListener {

        final CountDownLatch hangs = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);

        @Override
        public void started(NodeSnapshot node) {
            hangs.countDown();
            awaitQuietly(mayGoOn);
        }
    }

    private static boolean runsAreTold(Owner app) {
        Events events = app.ownTree().events();
        return areTold(() -> {
            events.ran(app, Duration.ZERO, null);
            events.skipped(app);
        });
    }

    /** Has more of them happen than may wait, which is logged if they are to be told. */
    private static boolean areTold(Runnable happening) {
        try (LogCapture logs = new LogCapture()) {
            for (int i = 0; i <= 10_000; i++) {
                happening.run();
            }
            return logs.text().contains("events behind");
        }
    }

    private interface Inherited extends TreeListener {
        @Override
        default void ran(NodeSnapshot node, Duration took, Throwable failure) {}
    }

    static List<Named<TreeListener>> whoMindRuns() {
        return List.of(
                named("one that overrides only this", new TreeListener() {
                    @Override
                    public void skipped(NodeSnapshot node) {}
                }),
                named("one that inherits it", new Inherited() {}),
                named("one that overrides nothing, as a mock need not", new TreeListener() {}),
                named("a proxy", (TreeListener) Proxy.newProxyInstance(
                        TreeListener.class.getClassLoader(),
                        new Class<?>[] {TreeListener.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("equals") ? proxy == arguments[0] : null)));
    }

    @ParameterizedTest
    @MethodSource("whoMindRuns")
    void runsAreOnlyToldWhereSomeListenerMinds(TreeListener minding) throws InterruptedException {
        Owner app = Owner.named("app").build();
        Hanging hanging = new Hanging();
        app.addListener(hanging);
        app.start();
        hanging.hangs.await();
        try {
            assertThat(runsAreTold(app)).isFalse();
            Registration registration = app.addListener(minding);
            app.ownTree().events().skipped(app); // with which it is found out
            registration.close();
            assertThat(runsAreTold(app)).isFalse();
            app.addListener(minding);
            assertThat(runsAreTold(app)).isTrue();
        } finally {
            hanging.mayGoOn.countDown();
            app.stop();
        }
    }

    @Test
    void eachEventIsToldByItsMethod() {
        Owner app = Owner.named("app").build();
        Set<String> told = ConcurrentHashMap.newKeySet();
        app.addListener((TreeListener) Proxy.newProxyInstance(
                TreeListener.class.getClassLoader(),
                new Class<?>[] {TreeListener.class},
                (proxy, method, arguments) -> {
                    told.add(method.getName());
                    return null;
                }));
        Events events = app.ownTree().events();
        events.started(app);
        events.ran(app, Duration.ZERO, null);
        events.skipped(app);
        events.stopped(app);
        events.failed(app);
        events.backingOff(app, Duration.ZERO);
        events.escalated(app, Escalation.STOP_OWNER);
        events.reported(new StopReport("app", Duration.ZERO, Duration.ZERO, List.of(), List.of()));
        events.leaked(
                app,
                new StopReport.Entry(
                        "app",
                        NodeKind.OWNER,
                        StopReport.Outcome.LEAKED,
                        StopStage.VERDICT,
                        Duration.ZERO,
                        Duration.ZERO,
                        "here",
                        null,
                        null,
                        List.of()));
        events.endedLate(app, Duration.ZERO);
        events.detached(app);
        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(TreeListener.class.getMethods())
                        .map(Method::getName)
                        .toList());
    }

    @Test
    void endsAreOnlyToldWhereSomeListenerMinds() throws InterruptedException {
        Owner app = Owner.named("app").build();
        Hanging hanging = new Hanging();
        app.addListener(hanging);
        app.start();
        hanging.hangs.await();
        Events events = app.ownTree().events();
        try {
            assertThat(areTold(() -> events.stopped(app))).isFalse();
            app.addListener(recorder);
            assertThat(areTold(() -> events.stopped(app))).isTrue();
        } finally {
            hanging.mayGoOn.countDown();
            app.stop();
        }
    }
}
