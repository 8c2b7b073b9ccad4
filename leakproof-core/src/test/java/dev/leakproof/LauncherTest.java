package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "There are no virtual threads before")
class LauncherTest {

    private static final String LAUNCHER = "leakproof-launcher-app";
    private static final int MANY = 100;

    private final ManualTime time = new ManualTime();
    private final AtomicInteger launchers = new AtomicInteger();
    private final AtomicBoolean missing = new AtomicBoolean();
    private final Set<String> beaten = ConcurrentHashMap.newKeySet();
    private final Owner app = Owner.named("app")
            .timeSource(time)
            .threads(ThreadKind.VIRTUAL)
            .threadsFrom(this::make)
            .build();

    @AfterEach
    void stop() {
        app.close();
    }

    private Thread make(ThreadKind kind, String name, Runnable task) {
        if (name.equals(LAUNCHER)) {
            launchers.incrementAndGet();
            if (missing.get()) {
                throw new OutOfMemoryError("unable to create native thread, on purpose");
            }
        }
        return Threads.make(kind, name, task);
    }

    private void beat(int heartbeats) {
        app.start();
        for (int i = 0; i < heartbeats; i++) {
            app.start(Heartbeat.named("h" + i)
                    .every(Duration.ofHours(1))
                    .initialDelay(Duration.ofSeconds(1))
                    .beat(ctx -> beaten.add(ctx.path())));
        }
        time.advance(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(beaten).hasSize(heartbeats));
    }

    @Test
    void manyThatAreDueAtOnceAreStartedByAThreadOfTheScheduler() {
        beat(MANY);
        assertThat(launchers).hasPositiveValue();
    }

    @Test
    void fewAreStartedAtOnce() {
        beat(3);
        assertThat(launchers).hasValue(0);
    }

    @Test
    void theyAreStartedAllTheSameWhereThereIsNoThreadForThat() {
        missing.set(true);
        beat(MANY);
        assertThat(launchers).hasPositiveValue();
    }

    @Test
    void thoseThatAreToldToStopBeforeTheyAreStartedDoNotBeat() {
        CountDownLatch mayLaunch = new CountDownLatch(1);
        Owner held = Owner.named("app")
                .timeSource(time)
                .threads(ThreadKind.VIRTUAL)
                .threadsFrom((kind, name, task) -> Threads.make(kind, name, () -> {
                    if (name.equals(LAUNCHER)) {
                        launchers.incrementAndGet();
                        awaitUninterruptibly(mayLaunch);
                    }
                    task.run();
                }))
                .build();
        held.start();
        for (int i = 0; i < MANY; i++) {
            held.start(Heartbeat.named("h" + i)
                    .every(Duration.ofHours(1))
                    .initialDelay(Duration.ofSeconds(1))
                    .beat(ctx -> beaten.add(ctx.path())));
        }
        time.advance(Duration.ofSeconds(1));
        await().untilAsserted(() -> assertThat(launchers).hasPositiveValue());
        held.cancel();
        await().until(() -> held.snapshot().all().noneMatch(node -> node.state() == NodeState.RUNNING));
        mayLaunch.countDown();
        assertThat(held.stop().isClean()).isTrue();
        assertThat(beaten).isEmpty();
        assertThat(held.snapshot().all())
                .allSatisfy(node -> assertThat(node.stops()).isEqualTo(node.starts()));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // On purpose.
            }
        }
    }
}
