package dev.leakproof.spring.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersMetricsAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersObservationAutoConfiguration;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ObservedRunsTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Recorder recorder = new Recorder();
    private final SimpleTracer tracer = new SimpleTracer();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    WorkersMetricsAutoConfiguration.class,
                    WorkersObservationAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    MetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, () -> meters)
            .withBean(Recorder.class, () -> recorder)
            .withBean(DefaultTracingObservationHandler.class, () -> new DefaultTracingObservationHandler(tracer));

    @Test
    void aSpanIsAroundABeatAndWhatItHandsOver() {
        CountDownLatch done = new CountDownLatch(1);
        runner.withBean(
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(LONG).beat(ctx -> {
                            try (TaskGroup<Integer> group =
                                    TaskGroup.in(ctx, "calls").open()) {
                                group.fork(fork -> {
                                    tracer.nextSpan().name("in a fork").start().end();
                                    return 1;
                                });
                                group.join();
                            }
                            tracer.nextSpan().name("in the body").start().end();
                            done.countDown();
                        }))
                .run(context -> {
                    done.await();
                    soon().until(() -> recorder.stopped.size() == 1);
                    assertThat(tracer.getSpans())
                            .extracting(SimpleSpan::getName)
                            .containsExactlyInAnyOrder("run ping", "in a fork", "in the body");
                    SimpleSpan run = tracer.getSpans().stream()
                            .filter(span -> span.getName().equals("run ping"))
                            .findFirst()
                            .orElseThrow();
                    assertThat(tracer.getSpans())
                            .filteredOn(span -> span != run)
                            .allSatisfy(span -> assertThat(span.getParentId()).isEqualTo(run.getSpanId()));
                    // Another handler ends the span, perhaps later.
                    soon().untilAsserted(() -> assertThat(run.getTags())
                            .containsEntry("worker", "ping")
                            .containsEntry("kind", "heartbeat")
                            .containsEntry("outcome", "success")
                            .containsEntry("exception", "none")
                            .containsEntry("path", "app/ping"));
                });
    }

    @Test
    void aFailedRunHasItsError() {
        runner.withBean(
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(LONG).beat(ctx -> {
                            throw new IllegalStateException("on purpose");
                        }))
                .run(context -> {
                    soon().until(() -> recorder.stopped.size() == 1);
                    Observation.Context observed = recorder.stopped.get(0);
                    assertThat(observed.getError()).isInstanceOf(IllegalStateException.class);
                    assertThat(observed.getLowCardinalityKeyValues())
                            .contains(
                                    KeyValue.of("outcome", "failure"),
                                    KeyValue.of("exception", "IllegalStateException"));
                });
    }

    @Test
    void aRunThatIsToldToStopHasNotFailed() {
        CountDownLatch entered = new CountDownLatch(1);
        Heartbeat waiting = Heartbeat.named("waiting").every(LONG).beat(ctx -> {
            entered.countDown();
            new CountDownLatch(1).await();
        });
        runner.withBean(Heartbeat.class, () -> waiting).run(context -> {
            entered.await();
            waiting.worker().stop();
            assertThat(recorder.stopped).singleElement().satisfies(observed -> {
                assertThat(observed.getError()).isNull();
                assertThat(observed.getLowCardinalityKeyValues()).contains(KeyValue.of("outcome", "success"));
            });
        });
    }

    @Test
    void eachRunIsTimedOnceAndByOneTimer() {
        CountDownLatch beats = new CountDownLatch(3);
        Heartbeat ping = Heartbeat.named("ping").every(Duration.ofMillis(1)).beat(ctx -> beats.countDown());
        runner.withBean(Heartbeat.class, () -> ping).run(context -> {
            assertThat(context).hasSingleBean(DefaultMeterObservationHandler.class);
            beats.await();
            ping.worker().stop();
            long runs = ping.worker().snapshot().runs().completed();
            soon().untilAsserted(() -> assertThat(meters.get("leakproof.worker.runs")
                            .tags("worker", "ping", "outcome", "success")
                            .timer()
                            .count())
                    .isEqualTo(runs));
            assertThat(recorder.stopped).hasSize((int) runs);
            assertThat(meters.getMeters())
                    .extracting(Meter::getId)
                    .extracting(Meter.Id::getName)
                    .contains("leakproof.worker.runs")
                    .noneMatch(
                            name -> name.startsWith("leakproof.worker.run") && !name.equals("leakproof.worker.runs"));
        });
    }

    @Test
    void otherObservationsAreTimedAsBefore() {
        runner.run(context -> {
            Observation.createNotStarted("other", context.getBean(ObservationRegistry.class))
                    .observe(() -> {});
            assertThat(meters.get("other").timer().count()).isEqualTo(1);
        });
    }

    @Test
    void aLoopAndACacheAreNotObserved() {
        CountDownLatch looped = new CountDownLatch(1);
        EvictingCache<String, String> cache = EvictingCache.<String, String>named("quotes")
                .expireAfterWrite(Duration.ofMillis(1))
                .build();
        runner.withBean(ManagedWorker.class, () -> ManagedWorker.named("loop").run(ctx -> looped.countDown()))
                .withBean(EvictingCache.class, () -> cache)
                .run(context -> {
                    looped.await();
                    cache.get("a", key -> "b");
                    soon().until(() -> cache.size() == 0);
                    context.getBean("leakproofRoot", Owner.class).stop();
                    assertThat(recorder.stopped).isEmpty();
                });
    }

    @Test
    void theConventionMayBeReplaced() {
        runner.withBean(WorkerRunConvention.class, () -> new WorkerRunConvention() {
                    @Override
                    public String getName() {
                        return "my.run";
                    }

                    @Override
                    public KeyValues getLowCardinalityKeyValues(WorkerRunContext context) {
                        return KeyValues.of("id", context.getDeclaredId());
                    }
                })
                .withBean(
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(LONG).beat(ctx -> {}))
                .run(context -> {
                    soon().until(() -> recorder.stopped.size() == 1);
                    assertThat(recorder.stopped.get(0).getName()).isEqualTo("my.run");
                    assertThat(recorder.stopped.get(0).getLowCardinalityKeyValues())
                            .containsExactly(KeyValue.of("id", "ping"));
                });
    }

    @Test
    void whatIsNoBeanIsTaggedByTheBeanAboveIt() {
        runner.withBean(
                        ManagedWorker.class,
                        () -> ManagedWorker.named("parent").run(ctx -> {
                            ctx.start(ManagedWorker.named("child").every(LONG).run(child -> {}));
                            ctx.sleep(LONG);
                        }))
                .run(context -> {
                    context.getBean("leakproofRoot", Owner.class)
                            .start(ManagedWorker.named("other").every(LONG).run(ctx -> {}));
                    soon().until(() -> recorder.stopped.size() == 2);
                    assertThat(recorder.stopped)
                            .extracting(observed -> ((WorkerRunContext) observed).getDeclaredId())
                            .containsExactlyInAnyOrder("parent", "none");
                });
    }

    @Test
    void aRegistryThatDoesNothingCostsNothing() {
        ApplicationContextRunner noop = new ApplicationContextRunner()
                .withPropertyValues("leakproof.keep-alive=false")
                .withConfiguration(AutoConfigurations.of(
                        LeakproofAutoConfiguration.class, WorkersObservationAutoConfiguration.class))
                .withBean(ObservationRegistry.class, () -> ObservationRegistry.NOOP);
        Heartbeat ping = Heartbeat.named("ping").every(LONG).beat(ctx -> {});
        noop.withBean(Heartbeat.class, () -> ping).run(context -> {
            ObservedRuns runs = context.getBean(ObservedRuns.class);
            assertThat(runs.begun(ping.worker(), null)).isSameAs(dev.leakproof.RunObserver.Observed.NOTHING);
            soon().until(() -> ping.worker().snapshot().runs().completed() == 1);
        });
    }

    @Test
    void thereIsNoObserverWithoutARegistryOrWithoutMicrometer() {
        ApplicationContextRunner bare = new ApplicationContextRunner()
                .withPropertyValues("leakproof.keep-alive=false")
                .withConfiguration(AutoConfigurations.of(
                        LeakproofAutoConfiguration.class, WorkersObservationAutoConfiguration.class));
        bare.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ObservedRuns.class));
        bare.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("leakproofObservedRuns"));
        bare.withClassLoader(new FilteredClassLoader(MeterObservationHandler.class))
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ObservedRuns.class)
                        .doesNotHaveBean("leakproofUntimedRuns"));
    }

    @Test
    void runsAreObservedUnderLazyInitialization() {
        runner.withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(LONG).beat(ctx -> {}))
                .run(context -> {
                    soon().until(() -> recorder.stopped.size() == 1);
                    assertThat(context.getBean(Heartbeat.class).worker().state())
                            .isEqualTo(NodeState.RUNNING);
                });
    }

    /** Keeps what was observed. */
    static final class Recorder implements ObservationHandler<Observation.Context> {

        private final List<Observation.Context> stopped = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void onStop(Observation.Context context) {
            if (context instanceof WorkerRunContext) {
                stopped.add(context);
            }
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
