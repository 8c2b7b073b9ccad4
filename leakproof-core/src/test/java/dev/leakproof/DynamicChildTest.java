package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a worker starts while it runs: it goes with its incarnation, and its name is free again then. */
class DynamicChildTest {

    private static final WorkerBody UNTIL_TOLD = ctx -> {
        while (ctx.sleep(Duration.ofMinutes(1))) {
            // Until told.
        }
    };

    private final Owner app = Owner.root("app");
    private final AtomicReference<CompletableFuture<Void>> mayFail = new AtomicReference<>(new CompletableFuture<>());

    @AfterEach
    void stop() {
        app.close();
    }

    /** A worker that starts {@code child} anew in each of its lives, and fails when it is told to. */
    private ManagedWorker parentOf(Supplier<ManagedWorker> child) {
        return app.start(ManagedWorker.named("parent")
                .restart(RestartPolicy.onFailure().backoff(Duration.ofMillis(1), Duration.ofMillis(1)))
                .run(ctx -> {
                    CompletableFuture<Void> signal = mayFail.get();
                    ctx.start(child.get());
                    signal.get();
                    throw new IllegalStateException("on purpose");
                }));
    }

    private void failOnce() {
        mayFail.getAndSet(new CompletableFuture<>()).complete(null);
    }

    private TreeNode awaitChild(NodeState state) {
        await().untilAsserted(() -> assertThat(app.find("app/parent/child"))
                .get()
                .extracting(NodeSnapshot::state)
                .isEqualTo(state));
        return app.node("app/parent/child").orElseThrow();
    }

    @Test
    void isGoneWhenItIsStoppedDuringItsBackoffAndComesWithTheNextLifeOfItsOwner() {
        CompletableFuture<Boolean> fails = new CompletableFuture<>();
        ManagedWorker parent = parentOf(() -> ManagedWorker.named("child")
                .restart(RestartPolicy.onFailure().backoff(Duration.ofHours(1), Duration.ofHours(1)))
                .run(ctx -> {
                    if (!fails.isDone()) {
                        throw new IllegalStateException("on purpose");
                    }
                    UNTIL_TOLD.run(ctx);
                }));
        TreeNode child = awaitChild(NodeState.BACKING_OFF);
        child.stop();
        assertThat(app.find("app/parent/child")).isEmpty();

        fails.complete(false);
        failOnce();
        awaitChild(NodeState.RUNNING);
        assertThat(parent.snapshot().restarts()).isEqualTo(1);
    }

    @Test
    void staysWhileItIsPausedButNotForAnotherLifeOfItsOwner() {
        ManagedWorker parent = parentOf(() -> ManagedWorker.named("child").run(UNTIL_TOLD));
        TreeNode child = awaitChild(NodeState.RUNNING);
        child.pause();
        awaitChild(NodeState.PAUSED);
        child.resume();
        awaitChild(NodeState.RUNNING);

        child.pause();
        failOnce();
        await().untilAsserted(() -> assertThat(parent.snapshot().restarts()).isEqualTo(1));
        assertThat(awaitChild(NodeState.RUNNING)).isNotSameAs(child);
    }

    @Test
    void isReportedByTheWholePathThoughItIsGone() {
        parentOf(() -> ManagedWorker.named("child").run(UNTIL_TOLD));
        awaitChild(NodeState.RUNNING);
        assertThat(app.stop().entries())
                .extracting(StopReport.Entry::path)
                .containsExactlyInAnyOrder("app", "app/parent", "app/parent/child");
    }

    /** The start waits for the lock of the tree while the node is taken out: it must not become a root of its own. */
    @Test
    void cannotBeStartedByOneWhoCameTooLate() throws Exception {
        ManagedWorker late = app.attach(ManagedWorker.named("late").run(UNTIL_TOLD));
        Tree tree = app.ownTree();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            try {
                late.start();
                outcome.complete(null);
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        tree.lock.lock();
        try {
            starter.start();
            await().until(() -> List.of(starter.getStackTrace()).toString().contains("TreeLock"));
            app.disown(late);
        } finally {
            tree.lock.unlock();
        }
        starter.join(Duration.ofSeconds(20).toMillis());
        assertThat(outcome.join()).isInstanceOf(IllegalStateException.class).hasMessageContaining("to have an owner");
        assertThat(late.state()).isEqualTo(NodeState.NEW);
    }

    @Test
    void isNotStartedByOthersWhileItIsDetached() throws Exception {
        for (int i = 0; i < 200; i++) {
            ManagedWorker worker = app.start(ManagedWorker.named("worker").run(UNTIL_TOLD));
            CountDownLatch busy = new CountDownLatch(1);
            AtomicReference<Thread> over = new AtomicReference<>();
            Thread starter = new Thread(() -> {
                while (over.get() == null) {
                    try {
                        worker.start();
                    } catch (IllegalStateException e) {
                        // It has no owner any more.
                    }
                    busy.countDown();
                }
            });
            starter.start();
            busy.await();
            app.detach(worker);
            over.set(starter);
            starter.join();
            assertThat(worker.state()).isEqualTo(NodeState.STOPPED);
        }
    }
}
