package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.RestartPolicy;
import dev.leakproof.TreeListener;
import dev.leakproof.WorkerBody;
import dev.leakproof.spring.context.WorkerEvent.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/** What a context hears of its tree. */
class WorkerEventTest {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private final WorkerBody stuck = ctx -> {
        entered.countDown();
        while (release.getCount() > 0) {
            try {
                release.await();
            } catch (InterruptedException swallowed) {
                // on purpose
            }
        }
    };

    @Test
    void startsFailuresLeaksAndLateEndsArePublished() {
        ManagedWorker leaky = ManagedWorker.named("leaky").run(stuck);
        runner().withBean(Listener.class)
                .withBean("leaky", ManagedWorker.class, () -> leaky)
                .withBean(
                        "failing",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("failing")
                                .restart(RestartPolicy.never())
                                .run(ctx -> {
                                    throw new IllegalStateException("on purpose");
                                }))
                .run(context -> {
                    Listener listener = context.getBean(Listener.class);
                    entered.await();
                    soon().until(() -> listener.heard.contains("FAILED app/failing"));
                    leaky.stop(Duration.ofMillis(100));
                    release.countDown();
                    soon().untilAsserted(() -> assertThat(listener.heard)
                            .contains("STARTED app", "STARTED app/leaky", "STARTED app/failing")
                            .containsSubsequence("LEAKED app/leaky", "ENDED_LATE app/leaky"));
                    WorkerEvent failed = listener.event(Kind.FAILED);
                    assertThat(failed.getNode().failure()).hasMessage("on purpose");
                    assertThat(failed.getNode().exitStory().owner()).isEqualTo("app");
                    assertThat(failed.getApplicationContext()).isSameAs(context.getSourceApplicationContext());
                    assertThat(listener.event(Kind.LEAKED).getNode().leak()).isNotNull();
                });
    }

    @Test
    void aLeakOfTheLastStopIsStillPublishedButNothingOnceBeansGo() {
        Listener listener = new Listener();
        ManagedWorker leaky = ManagedWorker.named("leaky").run(stuck);
        runner().withPropertyValues("leakproof.shutdown.timeout=300ms")
                .withBean("listener", Listener.class, () -> listener)
                .withBean("leaky", ManagedWorker.class, () -> leaky)
                .withBean(
                        "patient",
                        SmartLifecycle.class,
                        () -> new Patient(() -> soon().until(() -> listener.heard.contains("LEAKED app/leaky"))))
                .run(context -> {
                    entered.await();
                    context.getSourceApplicationContext().close();
                    assertThat(listener.heard).contains("LEAKED app/leaky", "destroyed");
                    release.countDown();
                    soon().until(() -> leaky.state() == NodeState.STOPPED);
                    assertThat(listener.heard)
                            .doesNotContain("ENDED_LATE app/leaky")
                            .endsWith("destroyed");
                });
    }

    @Test
    void aListenerThatBlocksDelaysNoStopAndOneThatThrowsHarmsNobody() {
        CountDownLatch listening = new CountDownLatch(1);
        ManagedWorker worker = ManagedWorker.named("w").run(ctx -> ctx.sleep(Duration.ofHours(1)));
        runner().withBean(Listener.class)
                .withBean("w", ManagedWorker.class, () -> worker)
                .run(context -> {
                    Listener listener = context.getBean(Listener.class);
                    soon().until(() -> listener.heard.contains("STARTED app/w"));
                    listener.onEvent = () -> {
                        listening.countDown();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        throw new IllegalStateException("on purpose");
                    };
                    worker.stop();
                    worker.start();
                    listening.await();
                    worker.stop();
                    assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
                    listener.onEvent = () -> {};
                    release.countDown();
                    worker.start();
                    soon().untilAsserted(
                                    () -> assertThat(listener.heard.stream().filter("STARTED app/w"::equals))
                                            .hasSize(3));
                });
    }

    @Test
    void eventsGoOnAfterAPause() {
        runner().withBean(Listener.class)
                .withBean(
                        "w",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("w").run(ctx -> ctx.sleep(Duration.ofHours(1))))
                .run(context -> {
                    Listener listener = context.getBean(Listener.class);
                    ConfigurableApplicationContext source = context.getSourceApplicationContext();
                    source.stop();
                    source.start();
                    soon().untilAsserted(
                                    () -> assertThat(listener.heard.stream().filter("STARTED app/w"::equals))
                                            .hasSize(2));
                });
    }

    @Test
    void aParentHearsWhichContextItIsAbout() {
        runner().withPropertyValues("leakproof.name=parent")
                .withBean(Listener.class)
                .run(parent -> runner().withParent(parent)
                        .withPropertyValues("leakproof.name=child")
                        .run(child -> {
                            Listener listener = parent.getBean(Listener.class);
                            soon().until(() -> listener.heard.contains("STARTED child"));
                            assertThat(listener.events)
                                    .filteredOn(event -> event.getNode().path().equals("child"))
                                    .extracting(WorkerEvent::getApplicationContext)
                                    .containsOnly(child.getSourceApplicationContext());
                        }));
    }

    @Test
    void aTreeListenerBeanIsToldOfItsOwnTreeOnly() {
        List<String> started = new CopyOnWriteArrayList<>();
        runner().withPropertyValues("leakproof.name=parent")
                .withBean(TreeListener.class, () -> new TreeListener() {
                    @Override
                    public void started(NodeSnapshot node) {
                        started.add(node.path());
                    }
                })
                .run(parent -> runner().withParent(parent)
                        .withPropertyValues("leakproof.name=child")
                        .run(child -> {
                            root(child).child("made");
                            root(parent).child("made");
                            soon().until(() -> started.contains("parent/made"));
                            assertThat(node(child, "child/made").starts()).isEqualTo(1);
                            assertThat(started).containsExactly("parent", "parent/made");
                        }));
    }

    /** Stops after the workers, and holds up the end of all beans: the stop waits for events, but not for a busy machine. */
    private record Patient(Runnable onStop) implements SmartLifecycle {

        @Override
        public void start() {}

        @Override
        public void stop() {
            onStop.run();
        }

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public int getPhase() {
            return 0;
        }
    }

    static final class Listener implements DisposableBean {

        private final List<WorkerEvent> events = new CopyOnWriteArrayList<>();
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private volatile Runnable onEvent = () -> {};

        @EventListener
        void on(WorkerEvent event) {
            events.add(event);
            heard.add(event.getKind() + " " + event.getNode().path());
            onEvent.run();
        }

        @Override
        public void destroy() {
            heard.add("destroyed");
        }

        private WorkerEvent event(Kind kind) {
            return events.stream()
                    .filter(event -> event.getKind() == kind)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
