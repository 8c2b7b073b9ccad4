package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

class ContextCaptureTest {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private Owner app = Owner.root("app");

    @AfterEach
    void stopTree() {
        app.close();
        MDC.clear();
    }

    private void submitWith(WorkerPool<Integer> pool, String user) throws InterruptedException {
        if (user == null) {
            MDC.clear();
        } else {
            MDC.put("user", user);
            MDC.put("worker", "of somebody else");
        }
        pool.submit(1);
        MDC.clear();
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    void mdcReachesTheItemAndNoOther(ThreadKind threads) throws Exception {
        WorkerPool<Integer> pool =
                app.start(WorkerPool.<Integer>named("import").threads(threads).process((ctx, item) -> {
                    seen.add(MDC.get("user") + " " + MDC.get("left") + " " + MDC.get("worker"));
                    MDC.put("left", "behind");
                    MDC.put("worker", "overwritten");
                    throw new IllegalStateException("which does not matter");
                }));
        submitWith(pool, "ann");
        submitWith(pool, null);
        submitWith(pool, "bob");
        submitWith(pool, null);
        await().untilAsserted(() -> assertThat(List.copyOf(seen))
                .containsExactly(
                        "ann null app/import/1",
                        "null null app/import/1",
                        "bob null app/import/1",
                        "null null app/import/1"));
    }

    @Test
    void nothingIsCarriedWhereItIsSwitchedOff() throws Exception {
        app.close();
        app = Owner.named("app").context(ContextCapture.NONE).build();
        app.start();
        WorkerPool<Integer> pool =
                app.start(WorkerPool.<Integer>named("import").process((ctx, item) -> seen.add("" + MDC.get("user"))));
        submitWith(pool, "ann");
        await().untilAsserted(() -> assertThat(seen).containsExactly("null"));
        assertThat(ContextCapture.NONE.capture()).isSameAs(ContextCapture.Captured.NOTHING);
        assertThat(ContextCapture.NONE.capture().restore()).isSameAs(ContextCapture.Restored.NOTHING);
    }

    @Test
    void ownCaptureIsTakenOnTheSubmittingThreadAndUndoneAfterTheItem() throws Exception {
        ThreadLocal<String> trace = new ThreadLocal<>();
        AtomicInteger undone = new AtomicInteger();
        ContextCapture capture = () -> {
            String captured = trace.get();
            return () -> {
                String before = trace.get();
                trace.set(captured);
                return () -> {
                    trace.set(before);
                    undone.incrementAndGet();
                };
            };
        };
        WorkerPool<Integer> pool = app.start(WorkerPool.<Integer>named("import")
                .context(capture)
                .process((ctx, item) -> seen.add(item + " " + trace.get())));
        trace.set("t1");
        pool.submit(1);
        trace.set("t2");
        pool.submit(2);
        trace.remove();
        pool.submit(3);
        await().untilAsserted(() -> assertThat(seen).containsExactly("1 t1", "2 t2", "3 null"));
        await().until(() -> undone.get() == 3);
    }

    @Test
    void captureThatFailsToRestoreFailsTheItemOnly() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        ContextCapture broken = () -> () -> {
            throw new IllegalStateException("broken");
        };
        WorkerPool<Integer> pool = app.start(WorkerPool.<Integer>named("import")
                .context(broken)
                .failureHandler((item, failure) -> failures.incrementAndGet())
                .process((ctx, item) -> seen.add("ran")));
        pool.submit(1);
        pool.submit(2);
        await().until(() -> failures.get() == 2);
        assertThat(seen).isEmpty();
        assertThat(pool.worker().state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void mdcReachesAChildThatABodyStartsAndNotOneThatIsAttached() throws Exception {
        WorkerBody look = ctx -> seen.add(ctx.path() + " " + MDC.get("user") + " " + MDC.get("worker"));
        MDC.put("user", "of the test");
        app.start(ManagedWorker.named("attached").run(look));
        app.start(ManagedWorker.named("parent").run(ctx -> {
            MDC.put("user", "ann");
            ctx.start(ManagedWorker.named("child").run(look));
            ctx.start(ManagedWorker.named("pair").concurrency(2).run(look));
        }));
        await().untilAsserted(() -> assertThat(seen)
                .containsExactlyInAnyOrder(
                        "app/attached null app/attached",
                        "app/parent/child ann app/parent/child",
                        "app/parent/pair/1 ann app/parent/pair/1",
                        "app/parent/pair/2 ann app/parent/pair/2"));
    }
}
