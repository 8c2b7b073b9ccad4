package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class VirtualThreadsTest {

    @Test
    void workerThatAsksForThemGetsThemWhereTheJvmHasThem() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CountDownLatch ran = new CountDownLatch(1);
        try (Owner app = Owner.root("app")) {
            app.start(ManagedWorker.named("w").threads(ThreadKind.VIRTUAL).run(ctx -> {
                thread.set(Thread.currentThread());
                ran.countDown();
            }));
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(VirtualThreads.isVirtual(thread.get()))
                .isEqualTo(Runtime.version().feature() >= 21)
                .isEqualTo(VirtualThreads.areAvailable());
        assertThat(thread.get().getName()).isEqualTo("app/w");
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void stopIsBoundedThoughEveryCarrierIsBusy() {
        AtomicBoolean spin = new AtomicBoolean(true);
        int carriers = Runtime.getRuntime().availableProcessors();
        CountDownLatch spinning = new CountDownLatch(carriers);
        Owner app = Owner.named("app")
                .threads(ThreadKind.VIRTUAL)
                .stopTimeout(Duration.ofMillis(800))
                .build();
        app.start();
        try {
            for (int i = 0; i < 2 * carriers; i++) {
                app.start(ManagedWorker.named("sleeper" + i).run(ctx -> ctx.sleep(Duration.ofMinutes(1))));
            }
            for (int i = 0; i < carriers; i++) {
                app.start(ManagedWorker.named("spinner" + i).run(ctx -> {
                    spinning.countDown();
                    while (spin.get()) {
                        Thread.onSpinWait();
                    }
                }));
            }
            await().until(() -> spinning.getCount() == 0);
            StopReport report = app.stop();
            assertThat(report.leaked())
                    .extracting(StopReport.Entry::path)
                    .contains("app/spinner0")
                    .hasSizeGreaterThanOrEqualTo(carriers);
            assertThat(report.took()).isLessThan(Duration.ofSeconds(10));
        } finally {
            spin.set(false);
        }
        await().untilAsserted(
                        () -> assertThat(app.snapshot().all()).noneMatch(node -> node.state() == NodeState.LEAKED));
    }

    @EachThreadKind
    void workerHasNoneOfTheThreadLocalsOfWhoeverStartsIt(ThreadKind kind) throws Exception {
        InheritableThreadLocal<String> bound = new InheritableThreadLocal<>();
        bound.set("of the test");
        AtomicReference<String> inherited = new AtomicReference<>("not run");
        try (Owner app = Owner.root("app")) {
            app.start(ManagedWorker.named("w").threads(kind).run(ctx -> inherited.set(bound.get())))
                    .await(Duration.ofSeconds(20));
        } finally {
            bound.remove();
        }
        assertThat(inherited).hasValue(null);
    }

    @EachThreadKind
    void eachRunHasTheClassLoaderOfWhoeverStartedTheTree(ThreadKind kind) throws Exception {
        ClassLoader own = new ClassLoader(getClass().getClassLoader()) {};
        Queue<ClassLoader> seen = new ConcurrentLinkedQueue<>();
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        me.setContextClassLoader(own);
        try (Owner app = Owner.named("app").threads(kind).build()) {
            app.start();
            app.start(ManagedWorker.named("w")
                            .run(ctx -> seen.add(Thread.currentThread().getContextClassLoader())))
                    .await(Duration.ofSeconds(20));
            app.start(Heartbeat.named("h")
                    .every(Duration.ofMillis(1))
                    .beat(ctx -> seen.add(Thread.currentThread().getContextClassLoader())));
            await().until(() -> seen.size() >= 3);
        } finally {
            me.setContextClassLoader(before);
        }
        assertThat(seen).containsOnly(own);
    }
}
