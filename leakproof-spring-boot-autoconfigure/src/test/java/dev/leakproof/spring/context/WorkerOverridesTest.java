package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.failureOf;
import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.paths;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What properties make of workers that the code declares otherwise. */
@ExtendWith(OutputCaptureExtension.class)
class WorkerOverridesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "leakproof.workers.orderRelay.relay.stopTimeout=4s",
                "leakproof.workers.order-relay.relay.stop-timeout=4s",
                "leakproof.workers.orderrelay.relay.stop_timeout=4000",
                "leakproof.workers.order_relay.relay.stopTimeout=PT4S",
                "leakproof.workers.ORDERRELAY.RELAY.STOPTIMEOUT=${the.time:4s}"
            })
    void anIdAndAnAttributeMayBeWrittenInEachRelaxedForm(String property) {
        runner().withBean(OrderRelay.class)
                .withPropertyValues(property)
                .run(context -> assertThat(node(context, "app/orderRelay/relay").stopTimeout())
                        .isEqualTo(Duration.ofSeconds(4)));
    }

    @ParameterizedTest
    @CsvSource({
        "LEAKPROOF_WORKERS_ORDERRELAY_RELAY_STOPTIMEOUT, app/orderRelay/relay",
        "LEAKPROOF_WORKERS_ORDERRELAY_RELAY_STOP_TIMEOUT, app/orderRelay/relay",
        "LEAKPROOF_WORKERS_PEERPING_STOPTIMEOUT, app/peer-ping",
        "LEAKPROOF_WORKERS_PEER_PING_STOP_TIMEOUT, app/peer-ping"
    })
    void environmentVariablesOverride(String variable, String path) {
        runner().withBean(OrderRelay.class)
                .withBean("ping", Heartbeat.class, WorkerOverridesTest::ping)
                .withInitializer(context ->
                        context.getEnvironment().getPropertySources().addFirst(variables(Map.of(variable, "4s"))))
                .run(context -> assertThat(node(context, path).stopTimeout()).isEqualTo(Duration.ofSeconds(4)));
    }

    /** Half of the hyphens is not how Spring Boot would look for it, so it would do nothing. */
    @Test
    void anEnvironmentVariableThatWouldDoNothingFailsStartup() {
        runner().withBean("ping", Heartbeat.class, WorkerOverridesTest::ping)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(variables(Map.of("LEAKPROOF_WORKERS_PEERPING_STOP_TIMEOUT", "4s"))))
                .run(context -> {
                    FailureAnalysis analysis = failureOf(context);
                    assertThat(analysis.getDescription())
                            .startsWith("leakproof.workers.peerping.stop.timeout, ")
                            .contains("LEAKPROOF_WORKERS_PEERPING_STOP_TIMEOUT")
                            .endsWith(" sets no attribute of the worker 'peer-ping'.");
                    assertThat(analysis.getAction()).startsWith("Did you mean stop-timeout? Attributes are enabled,");
                });
    }

    @Test
    void everyAttributeOfAnAnnotatedMethodIsOverridden() {
        assertThat(WorkerAttributes.OVERRIDABLE)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ManagedWorker.class.getDeclaredMethods())
                        .map(Method::getName)
                        .filter(name -> !name.endsWith("String") && !name.equals("name"))
                        .toList());
        runner().withBean(OrderRelay.class)
                .withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(yaml("""
                        leakproof.workers.orderRelay.relay:
                          owner: relays/all
                          cron: "0 0 4 * * *"
                          zone: Europe/Vienna
                          jitter: 1s
                          timeout: 2s
                          stop-mode: drain
                          stop-timeout: 3s
                          threads: platform
                          stall-after: 10s
                        leakproof.workers.orderRelay.consume:
                          concurrency: 2
                          restart: always
                          backoff: 2s
                          max-backoff: 3s
                          max-restarts: 4
                          restart-window: 5m
                          escalation: stop-owner
                        """)))
                .run(context -> {
                    NodeSnapshot relay = node(context, "app/relays/all/relay");
                    assertThat(relay.schedule()).isEqualTo("cron 0 0 4 * * * Europe/Vienna");
                    assertThat(relay.stopMode()).isEqualTo(StopMode.DRAIN);
                    assertThat(relay.stopTimeout()).isEqualTo(Duration.ofSeconds(3));
                    assertThat(node(context, "app/orderRelay/consume").schedule())
                            .isEqualTo("2 at once");
                    assertThat(worker(context.getBean("orderRelay.consume")).restartPolicy())
                            .isEqualTo(new RestartPolicy(
                                    RestartPolicy.Mode.ALWAYS,
                                    Duration.ofSeconds(2),
                                    Duration.ofSeconds(3),
                                    2,
                                    0.2,
                                    4,
                                    Duration.ofMinutes(5),
                                    dev.leakproof.Escalation.STOP_OWNER));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "every=5s | every 5s",
                "fixed-delay=6s | 6s after the last run",
                "cron=0 0 * * * * | cron 0 0 * * * * UTC",
                "every= | every 1h",
                "zone= | every 1h"
            })
    void aScheduleReplacesAnyOther(String property, String schedule) {
        for (Class<?> host : new Class<?>[] {OrderRelay.class, Nightly.class}) {
            String id = host == OrderRelay.class ? "orderRelay.relay" : "nightly.relay";
            String before = host == OrderRelay.class ? "every 1h" : "cron 0 0 2 * * * UTC";
            runner().withBean(host)
                    .withPropertyValues("leakproof.workers." + id + "." + property, "user.timezone=UTC")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        assertThat(worker(context.getBean(id)).snapshot().schedule())
                                .startsWith(schedule.equals("every 1h") ? before : schedule.replace(" UTC", ""));
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"enabled=false", "cron=-"})
    void aWorkerMayBeSwitchedOffAndIsStillKnown(String property) {
        runner().withBean(OrderRelay.class)
                .withBean("ping", Heartbeat.class, WorkerOverridesTest::ping)
                .withPropertyValues(
                        "leakproof.workers.orderRelay.relay." + property,
                        "leakproof.workers.orderRelay.consume.enabled=false",
                        "leakproof.workers.peer-ping." + property)
                .run(context -> {
                    assertThat(paths(context)).containsExactly("app");
                    assertThat(context).doesNotHaveBean("orderRelay.relay");
                    assertThat(context.getBean(Heartbeat.class).worker().state())
                            .isEqualTo(NodeState.NEW);
                });
    }

    @Test
    void oneThatTheCodeSwitchesOffMayBeSwitchedOn() {
        runner().withBean(Off.class)
                .withPropertyValues("leakproof.workers.off.work.enabled=true")
                .run(context -> assertThat(paths(context)).contains("app/off/work"));
    }

    @Test
    void beansOfEachKindAreOverridden() {
        runner().withUserConfiguration(Beans.class)
                .withPropertyValues(
                        "leakproof.workers.mail.owner=notifications",
                        "leakproof.workers.mail.concurrency=3",
                        "leakproof.workers.mail.max-restarts=9",
                        "leakproof.workers.peer-ping.every=7s",
                        "leakproof.workers.peer-ping.threads=platform",
                        "leakproof.workers.quotes.stop-timeout=2s",
                        "leakproof.workers.imports.concurrency=2",
                        "leakproof.workers.imports.stop-mode=drain")
                .run(context -> {
                    assertThat(node(context, "app/notifications/mail/3").state().isLive())
                            .isTrue();
                    assertThat(context.getBean("mail", dev.leakproof.ManagedWorker.class)
                                    .restartPolicy())
                            .isEqualTo(RestartPolicy.always().intensity(9, Duration.ofMinutes(1)));
                    assertThat(node(context, "app/peer-ping").schedule()).isEqualTo("every 7s");
                    assertThat(node(context, "app/quotes").stopTimeout()).isEqualTo(Duration.ofSeconds(2));
                    assertThat(node(context, "app/imports").stopMode()).isEqualTo(StopMode.DRAIN);
                    assertThat(context.getBean(WorkerPool.class).stats().workers())
                            .isEqualTo(2);
                });
    }

    static Stream<String[]> impossible() {
        return Stream.of(
                new String[] {
                    "leakproof.workers.quotes.every=1s", "bean 'quotes' is a cache, of which every cannot be overridden"
                },
                new String[] {
                    "leakproof.workers.imports.timeout=1s",
                    "bean 'imports' is a pool, of which timeout cannot be overridden"
                },
                new String[] {
                    "leakproof.workers.peer-ping.concurrency=2",
                    "bean 'ping' is a heartbeat, of which concurrency cannot be overridden"
                },
                new String[] {
                    "leakproof.workers.mail.every=1s",
                    "bean 'mail', the worker 'mail', cannot be overridden by leakproof.workers.mail.every"
                },
                new String[] {
                    "leakproof.workers.attached.stop-timeout=1s",
                    "bean 'attached', the worker 'attached', cannot be overridden by"
                            + " leakproof.workers.attached.stop-timeout"
                },
                new String[] {"leakproof.workers.mail.zone=UTC", "bean 'mail' has a zone, but no cron."},
                new String[] {
                    "leakproof.workers.mail.stop-timeout=soon",
                    "bean 'mail' has stopTimeout = \"soon\" (leakproof.workers.mail.stop-timeout"
                },
                new String[] {
                    "leakproof.workers.mail.stop-timeout=${no.such}",
                    "bean 'mail' has stopTimeout = \"${no.such}\" (leakproof.workers.mail.stop-timeout"
                });
    }

    @ParameterizedTest
    @MethodSource
    void impossible(String property, String description) {
        runner().withUserConfiguration(Beans.class, Attached.class)
                .withPropertyValues(property)
                .run(context -> {
                    FailureAnalysis analysis = failureOf(context);
                    assertThat(analysis.getDescription()).startsWith(description);
                    assertThat(analysis.getAction()).isNotBlank();
                });
    }

    @Test
    void anOverrideForNoWorkerFailsStartupAndListsThoseThereAre() {
        runner().withBean(OrderRelay.class)
                .withBean("ping", Heartbeat.class, WorkerOverridesTest::ping)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(yaml("leakproof.workers.orderRelay.relya.every: 1s")))
                .run(context -> {
                    FailureAnalysis analysis = failureOf(context);
                    assertThat(analysis.getDescription())
                            .isEqualTo("leakproof.workers.orderrelay.relya.every, Byte array resource [test.yml] - 1:43"
                                    + " is for a worker that does not exist.");
                    assertThat(analysis.getAction())
                            .isEqualTo("Did you mean orderRelay.relay? The workers are orderRelay.consume,"
                                    + " orderRelay.relay, peer-ping. With leakproof.on-unknown-override=warn startup does"
                                    + " not fail.");
                });
    }

    @Test
    void anOverrideOfNoAttributeFailsStartupAndListsThoseThereAre() {
        runner().withBean(OrderRelay.class)
                .withPropertyValues("leakproof.workers.orderRelay.relay.stop-timeot=1s")
                .run(context -> assertThat(failureOf(context).getAction())
                        .startsWith("Did you mean stop-timeout? Attributes are enabled, owner, every,"));
    }

    @Test
    void anOverrideForNoWorkerMayBeWarnedOfInstead(CapturedOutput output) {
        runner().withPropertyValues("leakproof.workers.nobody.every=1s", "leakproof.on-unknown-override=warn")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains("leakproof.workers.nobody.every")
                .contains("is for a worker that does not exist. There are no workers.");
    }

    @Test
    void twoIdsThatPropertiesCannotTellApartFailStartup() {
        runner().withBean(
                        "a",
                        Heartbeat.class,
                        () -> Heartbeat.named("peer-ping")
                                .every(Duration.ofHours(1))
                                .beat(ctx -> {}))
                .withBean(
                        "b",
                        Heartbeat.class,
                        () -> Heartbeat.named("peerPing")
                                .every(Duration.ofHours(1))
                                .beat(ctx -> {}))
                .run(context -> assertThat(failureOf(context).getDescription())
                        .isEqualTo("The ids 'peer-ping' of bean 'a' and 'peerPing' of bean 'b' are the same to"
                                + " properties and environment variables."));
    }

    @Test
    void aLazyHostIsKnownAndOverriddenWhenItIsCreated() {
        runner().withUserConfiguration(LazyHost.class)
                .withPropertyValues("leakproof.workers.orderRelay.relay.every=9s")
                .run(context -> {
                    assertThat(paths(context)).containsExactly("app");
                    context.getBean(OrderRelay.class);
                    assertThat(node(context, "app/orderRelay/relay").schedule()).isEqualTo("every 9s");
                });
    }

    @Test
    void whatALazyBeanMayBeCalledIsOnlyWarnedOf(CapturedOutput output) {
        runner().withUserConfiguration(LazyPing.class)
                .withPropertyValues("leakproof.workers.peer-ping.every=9s")
                .run(context -> {
                    assertThat(output).contains("leakproof.workers.peer-ping.every");
                    context.getBean(Heartbeat.class);
                    assertThat(node(context, "app/peer-ping").schedule()).isEqualTo("every 9s");
                });
    }

    private static dev.leakproof.ManagedWorker worker(Object bean) {
        return (dev.leakproof.ManagedWorker) bean;
    }

    private static Heartbeat ping() {
        return Heartbeat.named("peer-ping").every(Duration.ofHours(1)).beat(ctx -> {});
    }

    /** Its name is how Spring Boot knows that these are variables. */
    private static PropertySource<?> variables(Map<String, Object> variables) {
        return new SystemEnvironmentPropertySource("test-systemEnvironment", variables);
    }

    private static PropertySource<?> yaml(String text) {
        try {
            return new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8), "test.yml"))
                    .get(0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static class OrderRelay {
        @ManagedWorker(every = "1h", stopMode = StopMode.FINISH)
        void relay() {}

        @ManagedWorker(stopTimeout = "8s")
        void consume(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofDays(1));
        }
    }

    static class Nightly {
        @ManagedWorker(cron = "0 0 2 * * *", zone = "UTC")
        void relay() {}
    }

    static class Off {
        @ManagedWorker(every = "1h", enabled = "false")
        void work() {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Beans {
        @Bean
        dev.leakproof.ManagedWorker mail() {
            return dev.leakproof.ManagedWorker.named("mail")
                    .restart(RestartPolicy.always())
                    .run(ctx -> ctx.sleep(Duration.ofDays(1)));
        }

        @Bean
        Heartbeat ping() {
            return WorkerOverridesTest.ping();
        }

        @Bean
        EvictingCache<String, String> quotes() {
            return EvictingCache.<String, String>named("quotes").maximumSize(10).build();
        }

        @Bean
        WorkerPool<String> imports() {
            return WorkerPool.<String>named("imports").process((ctx, item) -> {});
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Attached {
        @Bean
        Owner orders() {
            return Owner.named("orders").build();
        }

        @Bean
        dev.leakproof.ManagedWorker attached(Owner orders) {
            return orders.attach(dev.leakproof.ManagedWorker.named("attached")
                    .kind(NodeKind.WORKER)
                    .run(ctx -> ctx.sleep(Duration.ofDays(1))));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyHost {
        @Bean
        @Lazy
        OrderRelay orderRelay() {
            return new OrderRelay();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyPing {
        @Bean
        @Lazy
        Heartbeat ping() {
            return WorkerOverridesTest.ping();
        }
    }
}
