package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens where there is no thread to be had. */
class NoThreadTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Until told.
        }
    };

    /** How a thread is not had. */
    enum Lack {
        NULL,
        ERROR
    }

    /** Threads whose name has this in it are not to be had; none is missing as long as it is null. */
    private final AtomicReference<String> missing = new AtomicReference<>();

    private final AtomicReference<Lack> lack = new AtomicReference<>(Lack.ERROR);

    private final Owner app = Owner.named("app")
            .applicationCloser(culprit -> {})
            .threadsFrom(this::make)
            .build();

    @AfterEach
    void stop() {
        app.close();
    }

    private Thread make(ThreadKind kind, String name, Runnable task) {
        String part = missing.get();
        if (part == null || !name.contains(part)) {
            return Threads.make(kind, name, task);
        }
        if (lack.get() == Lack.NULL) {
            return null;
        }
        throw new OutOfMemoryError("unable to create native thread, on purpose");
    }

    @ParameterizedTest
    @EnumSource
    void isAFailureOfTheWorkerWithABackoffAndHarmsNoSibling(Lack how) throws Exception {
        lack.set(how);
        missing.set("app/worker");
        CountDownLatch siblingRuns = new CountDownLatch(1);
        ManagedWorker sibling = app.attach(ManagedWorker.named("a-sibling").run(ctx -> {
            siblingRuns.countDown();
            UNTIL_TOLD.run(ctx);
        }));
        ManagedWorker worker = app.attach(ManagedWorker.named("worker")
                .restart(RestartPolicy.onFailure()
                        .backoff(Duration.ofMillis(1), Duration.ofMillis(10))
                        .intensity(1_000_000, Duration.ofMinutes(1)))
                .run(UNTIL_TOLD));
        ManagedWorker other = app.attach(ManagedWorker.named("z-sibling").run(UNTIL_TOLD));
        app.start();
        await().until(() -> worker.snapshot().restarts() > 2);
        assertThat(worker.snapshot().failure()).hasMessageContaining("No thread could be had for a run of worker");
        siblingRuns.await();

        missing.set(null);
        await().untilAsserted(() -> assertThat(worker.state()).isEqualTo(NodeState.RUNNING));
        assertThat(sibling.snapshot().starts()).isEqualTo(1);
        assertThat(other.snapshot().starts()).isEqualTo(1);
        assertThat(app.stop().isClean()).isTrue();
    }

    @Test
    void rootIsStoppedWhereTheApplicationWasToBeClosed() {
        app.start();
        missing.set("leakproof-escalation");
        ManagedWorker worker = app.start(ManagedWorker.named("worker")
                .restart(RestartPolicy.onFailure()
                        .intensity(0, Duration.ofMinutes(1))
                        .escalation(Escalation.CLOSE_APPLICATION))
                .run(ctx -> {
                    throw new IllegalStateException("on purpose");
                }));
        await().untilAsserted(() -> assertThat(app.state()).isEqualTo(NodeState.STOPPED));
        assertThat(worker.state()).isEqualTo(NodeState.FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leakproof-ticker", "leakproof-stop-watch", "leakproof-events"})
    void treeStartsNotAtAllRatherThanInPart(String service) {
        missing.set(service);
        assertThatThrownBy(app::start).isInstanceOf(OutOfMemoryError.class);
        assertThat(app.state()).isEqualTo(NodeState.NEW);
        await().untilAsserted(() -> assertThat(app.ownTree().serviceThreads()).isEmpty());

        missing.set(null);
        app.start();
        assertThat(app.state()).isEqualTo(NodeState.RUNNING);
    }
}
