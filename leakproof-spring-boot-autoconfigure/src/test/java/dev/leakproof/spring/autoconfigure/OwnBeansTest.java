package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.actuate.WorkersEndpoint;
import dev.leakproof.spring.actuate.WorkersFormat;
import dev.leakproof.spring.beans.EndedNode;
import dev.leakproof.spring.beans.Housekeeping;
import dev.leakproof.spring.beans.NodeHistory;
import dev.leakproof.spring.census.CensusSweep;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What leakproof itself has in the tree. */
@ExtendWith(OutputCaptureExtension.class)
class OwnBeansTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    OwnBeansAutoConfiguration.class,
                    WorkersEndpointAutoConfiguration.class));

    @Test
    void theStarterAloneShowsOneOfEachAndDisturbsNoInjection() {
        runner.withUserConfiguration(Wants.class).run(context -> {
            assertThat(context.getBeansOfType(Heartbeat.class)).containsOnlyKeys("leakproofHousekeeping");
            assertThat(context.getBeansOfType(EvictingCache.class)).containsOnlyKeys("leakproofHistory");
            assertThat(context.getBean(Wants.Found.class).any()).isFalse();
            assertThat(root(context).snapshot().all().map(NodeSnapshot::path))
                    .containsExactly("app", "app/leakproof", "app/leakproof/housekeeping", "app/leakproof/history");
            assertThat(node(context, "app/leakproof/housekeeping").schedule()).startsWith("5s after");
            assertThat(node(context, "app/leakproof/housekeeping").state()).isEqualTo(NodeState.RUNNING);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Wants {
        record Found(boolean any) {}

        @Bean
        Found found(ObjectProvider<Heartbeat> heartbeats, ObjectProvider<EvictingCache<?, ?>> caches) {
            return new Found(heartbeats.stream().findAny().isPresent()
                    || caches.stream().findAny().isPresent());
        }
    }

    @Test
    void theApplicationsOwnIsTheOneThatIsInjected() {
        runner.withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .run(context -> assertThat(
                                context.getBeanProvider(Heartbeat.class).getIfAvailable())
                        .isSameAs(context.getBean("ping")));
    }

    @Test
    void theyAreInNoOnesWay() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LeakproofAutoConfiguration.class, OwnBeansAutoConfiguration.class))
                .run(context -> {
                    assertThat(root(context).find("app/leakproof/keep-alive")).isEmpty();
                    // In a while, for that of another test may still be on its last lines.
                    await().untilAsserted(() -> assertThat(
                                    Thread.getAllStackTraces().keySet())
                            .noneMatch(thread -> thread.getName().equals("leakproof-keep-alive")));
                    StopReport report = root(context).stop();
                    assertThat(report.summary()).startsWith("4 stopped, 0 leaked in ");
                });
    }

    @Test
    void theyMayBeChangedAndSwitchedOffLikeAnyWorker() {
        runner.withPropertyValues(
                        "leakproof.workers.leakproof.housekeeping.every=5m",
                        "leakproof.workers.leakproof.history.enabled=false")
                .run(context -> {
                    assertThat(node(context, "app/leakproof/housekeeping").schedule())
                            .isEqualTo("every 5m");
                    assertThat(root(context).find("app/leakproof/history")).isEmpty();
                });
    }

    @Test
    void theLastThatEndedAreRememberedTheLatestFirst() {
        runner.withPropertyValues("leakproof.history.maximum-size=3").run(context -> {
            NodeHistory history = context.getBean(NodeHistory.class);
            assertThat(history.ended()).isEmpty();
            IntStream.range(0, 10).forEach(i -> {
                root(context)
                        .start(ManagedWorker.named("w" + i)
                                .restart(dev.leakproof.RestartPolicy.never())
                                .run(ctx -> {
                                    if (i == 9) {
                                        throw new IllegalStateException("on purpose");
                                    }
                                }));
                await().untilAsserted(() -> assertThat(history.ended())
                        .first()
                        .extracting(EndedNode::path)
                        .isEqualTo("app/w" + i));
            });
            assertThat(history.ended())
                    .extracting(EndedNode::path, EndedNode::end, EndedNode::failureType)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(
                                    "app/w9", EndedNode.End.FAILED, IllegalStateException.class.getName()),
                            org.assertj.core.groups.Tuple.tuple("app/w8", EndedNode.End.STOPPED, null),
                            org.assertj.core.groups.Tuple.tuple("app/w7", EndedNode.End.STOPPED, null));
        });
    }

    @Test
    void theyAreForgottenWithTime() {
        runner.withPropertyValues("leakproof.history.expire-after-write=300ms").run(context -> {
            NodeHistory history = context.getBean(NodeHistory.class);
            root(context).start(ManagedWorker.named("w").run(ctx -> {}));
            await().until(() -> context.getBean("leakproofHistory", EvictingCache.class)
                            .stats()
                            .evictionCount()
                    == 1);
            assertThat(history.ended()).isEmpty();
        });
    }

    @Test
    void theEndpointShowsThemAndTheirMessagesOnlyToThoseWhoMaySeeValues() {
        for (String show : new String[] {"always", "never"}) {
            runner.withPropertyValues(
                            "management.endpoints.web.exposure.include=workers",
                            "management.endpoint.workers.show-values=" + show)
                    .run(context -> {
                        root(context)
                                .start(ManagedWorker.named("w")
                                        .restart(dev.leakproof.RestartPolicy.never())
                                        .run(ctx -> {
                                            throw new IllegalStateException("on purpose");
                                        }));
                        await().until(() ->
                                !context.getBean(NodeHistory.class).ended().isEmpty());
                        var body = (WorkersEndpoint.WorkersDescriptor) context.getBean(WorkersEndpoint.class)
                                .workers(WorkersFormat.JSON, SecurityContext.NONE, null)
                                .getBody();
                        assertThat(body.history()).singleElement().satisfies(ended -> {
                            assertThat(ended.path()).isEqualTo("app/w");
                            assertThat(ended.kind()).isEqualTo("worker");
                            assertThat(ended.end()).isEqualTo("failed");
                            assertThat(ended.failure().message())
                                    .isEqualTo(show.equals("always") ? "on purpose" : null);
                        });
                    });
        }
    }

    @Test
    void theyAreThereUnderLazyInitializationToo() {
        runner.withBean(LazyInitializationBeanFactoryPostProcessor.class).run(context -> {
            root(context).start(ManagedWorker.named("w").run(ctx -> {}));
            await().until(() -> !context.getBean("leakproofHistory", EvictingCache.class)
                    .caffeine()
                    .asMap()
                    .isEmpty());
            assertThat(node(context, "app/leakproof/housekeeping").state()).isEqualTo(NodeState.RUNNING);
        });
    }

    @Test
    void aStalledWorkerIsLoggedOnceAndAgainAfterItHasRecovered(CapturedOutput output) throws Exception {
        Owner app = Owner.root("app");
        try (app) {
            Housekeeping housekeeping =
                    new Housekeeping(app, new DefaultListableBeanFactory().getBeanProvider(CensusSweep.class));
            CountDownLatch recover = new CountDownLatch(1);
            CountDownLatch recovered = new CountDownLatch(1);
            app.start(ManagedWorker.named("import")
                    .stallAfter(Duration.ofSeconds(2)) // long enough for a busy machine
                    .run(ctx -> {
                        ctx.progress("line 1\nforged");
                        recover.await();
                        while (recovered.getCount() > 0) {
                            ctx.progress("line 2");
                            Thread.onSpinWait();
                        }
                        new CountDownLatch(1).await();
                    }));
            await().until(() -> isStalled(app));
            housekeeping.run(null);
            housekeeping.run(null);
            assertThat(output.toString().split("has stalled", -1)).hasSize(2);
            assertThat(output).contains("'line 1 forged' was the last");
            recover.countDown();
            await().until(() -> !isStalled(app));
            housekeeping.run(null);
            recovered.countDown();
            await().until(() -> isStalled(app));
            housekeeping.run(null);
            assertThat(output.toString().split("has stalled", -1)).hasSize(3);
        }
    }

    private static boolean isStalled(Owner app) {
        return app.find("app/import")
                .map(NodeSnapshot::progress)
                .filter(progress -> progress.stalled())
                .isPresent();
    }

    private static Owner root(ApplicationContext context) {
        return context.getBean("leakproofRoot", Owner.class);
    }

    private static NodeSnapshot node(ApplicationContext context, String path) {
        return root(context).find(path).orElseThrow();
    }
}
