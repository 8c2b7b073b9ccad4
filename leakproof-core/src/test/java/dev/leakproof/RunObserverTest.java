package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunObserverTest {

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final Owner app = Owner.root("app");

    @AfterEach
    void close() {
        app.close();
    }

    @Test
    void aRunIsObservedOnItsOwnThread() throws Exception {
        ThreadLocal<String> bound = new ThreadLocal<>();
        app.addObserver((worker, context) -> {
            bound.set(worker.path());
            return failure -> seen.add("ended " + bound.get() + " " + failure);
        });
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> seen.add("body sees " + bound.get())));
        worker.await(Duration.ofSeconds(20));
        assertThat(seen).containsExactly("body sees app/w", "ended app/w null");
    }

    @Test
    void observersNest() throws Exception {
        app.addObserver(recording("outer"));
        app.addObserver(recording("inner"));
        app.start(ManagedWorker.named("w").run(ctx -> seen.add("body"))).await(Duration.ofSeconds(20));
        assertThat(seen).containsExactly("outer begins", "inner begins", "body", "inner ends", "outer ends");
    }

    @Test
    void aFailureIsTheOneThatWasJudged() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        app.addObserver((worker, context) -> failure -> failures.add(failure));
        Heartbeat late = app.start(Heartbeat.named("late")
                .every(Duration.ofHours(1))
                .timeout(Duration.ofMillis(1))
                .beat(ctx -> new CountDownLatch(1).await()));
        await().untilAsserted(() -> assertThat(failures).singleElement().isInstanceOf(TimeoutException.class));
        failures.clear();
        CountDownLatch entered = new CountDownLatch(1);
        ManagedWorker told = app.start(ManagedWorker.named("told").run(ctx -> {
            entered.countDown();
            new CountDownLatch(1).await();
        }));
        entered.await();
        told.stop();
        assertThat(failures).containsExactly((Throwable) null);
        assertThat(late.worker().isPeriodic()).isTrue();
        assertThat(told.isPeriodic()).isFalse();
    }

    @Test
    void whoeverThrowsHarmsNobody() throws Exception {
        app.addObserver((worker, context) -> {
            throw new IllegalStateException("at the beginning, on purpose");
        });
        app.addObserver((worker, context) -> failure -> {
            throw new IllegalStateException("at the end, on purpose");
        });
        app.addObserver(recording("other"));
        try (LogCapture logs = new LogCapture()) {
            ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> seen.add("body")));
            assertThat(worker.await(Duration.ofSeconds(20))).isTrue();
            assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
            assertThat(logs.at(ch.qos.logback.classic.Level.WARN)).hasSize(2);
        }
        assertThat(seen).containsExactly("other begins", "body", "other ends");
    }

    @Test
    void oneThatIsTakenBackSeesNoMore() throws Exception {
        app.addObserver(recording("gone")).close();
        app.start(ManagedWorker.named("w").run(ctx -> {})).await(Duration.ofSeconds(20));
        assertThat(seen).isEmpty();
    }

    private RunObserver recording(String name) {
        return (worker, context) -> {
            seen.add(name + " begins");
            return failure -> seen.add(name + " ends");
        };
    }

    @Test
    void oneThatHangsAtTheEndIsNamedWithItsLine() throws Exception {
        CountDownLatch atTheEnd = new CountDownLatch(1);
        CountDownLatch testOver = new CountDownLatch(1);
        app.addObserver((worker, context) -> failure -> {
            atTheEnd.countDown();
            while (testOver.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        ManagedWorker worker = app.start(ManagedWorker.named("w").run(ctx -> {}));
        try {
            atTheEnd.await();
            assertThat(worker.stop(Duration.ofMillis(300)).leaked())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.leak().where()).contains("RunObserverTest"));
        } finally {
            testOver.countDown();
        }
    }
}
