package dev.leakproof.spring.propagation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ContextCapture;
import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerPool;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What is bound to a thread reaches the work that it hands over, and no other. */
class ContextPropagationTest {

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    private final ObservationRegistry observations = ObservationRegistry.create();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(LeakproofAutoConfiguration.class))
            .withPropertyValues("leakproof.keep-alive=false");

    static Stream<ThreadKind> kinds() {
        return Runtime.version().feature() >= 21 ? Stream.of(ThreadKind.values()) : Stream.of(ThreadKind.PLATFORM);
    }

    @BeforeEach
    void register() {
        observations.observationConfig().observationHandler(context -> true);
        ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
    }

    @AfterEach
    void clear() {
        ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
        ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
        TENANT.remove();
        MDC.clear();
    }

    /** Runs {@code work} with all three bound to {@code value}. */
    private void with(String value, Work work) throws Exception {
        MDC.put("user", value);
        TENANT.set(value);
        Observation observation = Observation.createNotStarted(value, observations);
        observation.start();
        try (Observation.Scope scope = observation.openScope()) {
            work.run();
        } finally {
            observation.stop();
            TENANT.remove();
            MDC.clear();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private String bound() {
        Observation observation = observations.getCurrentObservation();
        String name = observation == null ? null : observation.getContext().getName();
        return MDC.get("user") + " " + TENANT.get() + " " + name;
    }

    private void run(ThreadKind kind, Use use, String... properties) {
        runner.withPropertyValues(properties)
                .run(context -> use.with(
                        context.getBean("leakproofRoot", Owner.class),
                        WorkerPool.<Integer>named("import").threads(kind)));
    }

    private interface Use {
        void with(Owner app, WorkerPool.Builder<Integer> pool) throws Exception;
    }

    private void awaitSeen(String... expected) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(List.copyOf(seen)).containsExactlyInAnyOrder(expected));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void reachesAnItemOfAPoolAndNotTheNext(ThreadKind kind) {
        run(kind, (app, builder) -> {
            WorkerPool<Integer> pool = app.start(builder.process((ctx, item) -> seen.add(item + " " + bound())));
            with("ann", () -> pool.submit(1));
            pool.submit(2);
            with("bob", () -> pool.submit(3));
            pool.submit(4);
            awaitSeen("1 ann ann ann", "2 null null null", "3 bob bob bob", "4 null null null");
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatAnItemLeavesBoundIsGoneWithIt(ThreadKind kind) {
        run(kind, (app, builder) -> {
            WorkerPool<Integer> pool = app.start(builder.process((ctx, item) -> {
                seen.add(item + " " + bound());
                MDC.put("user", "left");
                TENANT.set("left");
                if (item % 2 == 0) {
                    Observation.start("left", observations).openScope();
                    throw new IllegalStateException("which does not matter");
                }
            }));
            pool.submit(1);
            pool.submit(2);
            with("ann", () -> pool.submit(3));
            pool.submit(4);
            pool.submit(5);
            awaitSeen("1 null null null", "2 null null null", "3 ann ann ann", "4 null null null", "5 null null null");
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void reachesForksAndTheForksOfForks(ThreadKind kind) {
        run(
                kind,
                (app, builder) -> with("ann", () -> {
                    try (TaskGroup<String> group =
                            TaskGroup.in(app, "quotes").threads(kind).limit(1).open()) {
                        group.fork(ctx -> bound());
                        group.fork(ctx -> {
                            TENANT.set("left");
                            MDC.put("user", "left");
                            return "";
                        });
                        group.fork(ctx -> {
                            try (TaskGroup<String> inner =
                                    TaskGroup.in(ctx, "inner").open()) {
                                inner.fork(deeper -> bound());
                                return inner.race();
                            }
                        });
                        assertThat(group.join()).containsExactly("ann ann ann", "", "ann ann ann");
                    }
                    assertThat(bound()).isEqualTo("ann ann ann");
                }));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void reachesAWorkerThatABodyStartsAndNotOneThatIsAttached(ThreadKind kind) {
        WorkerBody look = ctx -> seen.add(ctx.path() + " " + bound());
        run(
                kind,
                (app, builder) -> with("test", () -> {
                    app.start(ManagedWorker.named("attached").threads(kind).run(look));
                    app.start(ManagedWorker.named("parent").threads(kind).run(ctx -> {
                        with(
                                "ann",
                                () -> ctx.start(ManagedWorker.named("child")
                                        .threads(kind)
                                        .run(look)));
                        ctx.start(ManagedWorker.named("other").threads(kind).run(look));
                    }));
                    awaitSeen(
                            "app/attached null null null",
                            "app/parent/child ann ann ann",
                            "app/parent/other null null null");
                }));
    }

    @Test
    void workersNameStaysInTheMdcThoughThatHasAnAccessorToo() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
        run(ThreadKind.PLATFORM, (app, builder) -> {
            WorkerPool<Integer> pool =
                    app.start(builder.process((ctx, item) -> seen.add(MDC.get("user") + " " + MDC.get("worker"))));
            with("ann", () -> pool.submit(1));
            pool.submit(2);
            awaitSeen("ann app/import/1", "null app/import/1");
        });
    }

    @Test
    void onlyTheMdcIsCarriedWhereThatIsAskedFor() {
        run(
                ThreadKind.PLATFORM,
                (app, builder) -> {
                    WorkerPool<Integer> pool = app.start(builder.process((ctx, item) -> seen.add(bound())));
                    with("ann", () -> pool.submit(1));
                    awaitSeen("ann null null");
                },
                "leakproof.context-propagation=mdc");
    }

    @Test
    void onlyTheMdcIsCarriedWithoutMicrometersPropagation() {
        runner.withClassLoader(new FilteredClassLoader(ContextSnapshotFactory.class))
                .run(context ->
                        assertThat(context.getBean(ContextCapture.class)).isSameAs(ContextCapture.mdc()));
    }

    @Test
    void nothingIsCarriedWhereItIsSwitchedOffAndNobodyIsAsked() {
        Asked asked = new Asked();
        ContextRegistry.getInstance().registerThreadLocalAccessor(asked);
        try {
            run(
                    ThreadKind.PLATFORM,
                    (app, builder) -> {
                        WorkerPool<Integer> pool = app.start(builder.process((ctx, item) -> seen.add(bound())));
                        with("ann", () -> pool.submit(1));
                        awaitSeen("null null null");
                        assertThat(asked.calls).isEmpty();
                    },
                    "leakproof.context-propagation=none");
            run(ThreadKind.PLATFORM, (app, builder) -> {
                WorkerPool<Integer> pool = app.start(builder.process((ctx, item) -> {}));
                pool.submit(1);
                assertThat(asked.calls).contains("getValue");
            });
        } finally {
            ContextRegistry.getInstance().removeThreadLocalAccessor(asked.key());
        }
    }

    @Test
    void applicationMayCarryWhatItLikes() {
        runner.withBean(
                        ContextCapture.class,
                        () -> () -> () -> {
                            MDC.put("user", "mine");
                            return () -> MDC.remove("user");
                        })
                .run(context -> {
                    WorkerPool<Integer> pool = context.getBean("leakproofRoot", Owner.class)
                            .start(WorkerPool.<Integer>named("import").process((ctx, item) -> seen.add(bound())));
                    pool.submit(1);
                    awaitSeen("mine null null");
                });
    }

    /** An accessor that notes who asks it. */
    private static final class Asked implements ThreadLocalAccessor<String> {

        private final Queue<String> calls = new ConcurrentLinkedQueue<>();

        @Override
        public Object key() {
            return "asked";
        }

        @Override
        public String getValue() {
            calls.add("getValue");
            return null;
        }

        @Override
        public void setValue(String value) {
            calls.add("setValue");
        }

        @Override
        public void setValue() {
            calls.add("clear");
        }
    }
}
