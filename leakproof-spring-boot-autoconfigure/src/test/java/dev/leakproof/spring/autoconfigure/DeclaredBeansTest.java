package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.leakproof.Heartbeat;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.actuate.WorkersHealthIndicator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** Heartbeats and caches that no Java declares. */
class DeclaredBeansTest {

    private static final AtomicInteger asked = new AtomicInteger();
    private static HttpServer server;
    private static volatile int status = 200;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    DeclaredBeansAutoConfiguration.class,
                    WorkersHealthContributorAutoConfiguration.class));

    @BeforeAll
    static void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.getResponseHeaders().set("Connection", "close"); // as it was asked for
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop(0);
    }

    @Test
    void aHeartbeatPings() {
        status = 204;
        int before = asked.get();
        runner.withPropertyValues("leakproof.heartbeats.peer.url=" + url(), "leakproof.heartbeats.peer.every=50ms")
                .run(context -> {
                    await().until(() -> asked.get() >= before + 3);
                    NodeSnapshot peer = node(context, "app/peer");
                    assertThat(peer.kind().label()).isEqualTo("heartbeat");
                    assertThat(peer.createdAt()).isEqualTo("leakproof.heartbeats.peer");
                    assertThat(context.getBean("peer", Heartbeat.class).consecutiveFailures())
                            .isZero();
                });
    }

    @ParameterizedTest
    @CsvSource({"200, UP", "302, UP", "399, UP", "404, DOWN", "503, DOWN"})
    void theHealthIsDownOnceTooManyPingsHaveFailedInARow(int answer, String health) {
        status = answer;
        runner.withPropertyValues(
                        "leakproof.heartbeats.peer.url=" + url(),
                        "leakproof.heartbeats.peer.every=20ms",
                        "leakproof.heartbeats.peer.failure-threshold=3")
                .run(context -> {
                    Heartbeat peer = context.getBean(Heartbeat.class);
                    await().until(() -> runs(context) >= 3);
                    assertThat(health(context).getStatus()).isEqualTo(new Status(health));
                    assertThat(peer.isFailing()).isEqualTo(health.equals("DOWN"));
                    if (health.equals("DOWN")) {
                        assertThat(health(context).getDetails())
                                .hasEntrySatisfying(
                                        "troubles",
                                        troubles -> assertThat(troubles)
                                                .hasToString(
                                                        "{app/peer=failing: java.io.IOException: The answer has the status "
                                                                + answer + "}"));
                        status = 200;
                        await().until(() -> health(context).getStatus().equals(Status.UP));
                    }
                });
    }

    @Test
    void fewerFailuresThanTheThresholdDoNoHarm() {
        status = 500;
        runner.withPropertyValues("leakproof.heartbeats.peer.url=" + url(), "leakproof.heartbeats.peer.every=1h")
                .run(context -> {
                    await().until(() -> runs(context) == 1);
                    assertThat(context.getBean(Heartbeat.class).consecutiveFailures())
                            .isEqualTo(1);
                    assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                });
    }

    /** A peer that accepts and never answers: neither a ping nor a stop waits for it. */
    @Test
    void aSilentPeerIsGivenUpOnAndHoldsUpNoStop() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            runner.withPropertyValues(
                            "leakproof.heartbeats.peer.url=http://localhost:" + silent.getLocalPort(),
                            "leakproof.heartbeats.peer.timeout=100ms",
                            "leakproof.heartbeats.stuck.url=http://localhost:" + silent.getLocalPort(),
                            "leakproof.heartbeats.stuck.timeout=1h")
                    .run(context -> {
                        Heartbeat peer = context.getBean("peer", Heartbeat.class);
                        await().until(() -> peer.consecutiveFailures() >= 1);
                        await().until(() -> node(context, "app/stuck").thread() != null);
                        assertThat(root(context).stop().isClean()).isTrue();
                    });
        }
    }

    @Test
    void noThreadIsLeftBehind() {
        status = 200;
        Set<Thread> before = threads();
        runner.withPropertyValues("leakproof.heartbeats.peer.url=" + url(), "leakproof.heartbeats.peer.every=20ms")
                .run(context -> await().until(() -> runs(context) >= 5));
        await().pollInSameThread().untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    @Test
    void aCacheIsInjectedByNameAndByQualifierWithAnyTypes() {
        runner.withUserConfiguration(Injected.class)
                .withPropertyValues(
                        "leakproof.caches.quotes.expire-after-write=5m",
                        "leakproof.caches.quotes.maximum-size=10",
                        "leakproof.caches.prices.expire-after-access=1m")
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    users.quotes().put("TEA-1", 7);
                    assertThat(users.byQualifier().getIfPresent("TEA-1")).isEqualTo(7);
                    assertThat(users.quotes()
                                    .caffeine()
                                    .policy()
                                    .expireAfterWrite()
                                    .orElseThrow()
                                    .getExpiresAfter())
                            .isEqualTo(Duration.ofMinutes(5));
                    assertThat(users.quotes()
                                    .caffeine()
                                    .policy()
                                    .eviction()
                                    .orElseThrow()
                                    .getMaximum())
                            .isEqualTo(10);
                    assertThat(node(context, "app/prices").state()).isEqualTo(NodeState.RUNNING);
                });
    }

    record Users(
            EvictingCache<String, Integer> quotes,
            EvictingCache<?, ?> prices,
            EvictingCache<Object, Object> byQualifier) {}

    @Configuration(proxyBeanMethods = false)
    static class Injected {
        @Bean
        Users users(
                EvictingCache<String, Integer> quotes,
                EvictingCache<?, ?> prices,
                @Qualifier("quotes") EvictingCache<Object, Object> other) {
            return new Users(quotes, prices, other);
        }
    }

    @Test
    void whatAnEnvironmentVariableSaysOfADeclaredOneMakesNoSecond() {
        runner.withPropertyValues("leakproof.heartbeats.peer-ping.url=" + url())
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment", Map.of("LEAKPROOF_HEARTBEATS_PEERPING_EVERY", "7m"))))
                .run(context -> {
                    assertThat(context).hasSingleBean(Heartbeat.class).hasBean("peer-ping");
                    assertThat(node(context, "app/peer-ping").schedule()).isEqualTo("every 7m");
                });
    }

    @Test
    void anEnvironmentVariableAloneDeclaresOne() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment", Map.of("LEAKPROOF_CACHES_QUOTES_MAXIMUMSIZE", "5"))))
                .run(context -> assertThat(context).hasBean("quotes"));
    }

    @Test
    void aDeclaredOneIsOverriddenLikeAnyOther() {
        runner.withPropertyValues(
                        "leakproof.heartbeats.peer.url=" + url(),
                        "leakproof.workers.peer.owner=peers",
                        "leakproof.workers.peer.every=9m")
                .run(context ->
                        assertThat(node(context, "app/peers/peer").schedule()).isEqualTo("every 9m"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "leakproof.heartbeats.peer.every=1s | a heartbeat needs a url that begins with http:// or https://",
                "leakproof.heartbeats.peer.url=peer:8080 | a heartbeat needs a url that begins with http:// or https://",
                "leakproof.heartbeats.peer.ulr=http://a | leakproof.heartbeats.peer.ulr",
                "leakproof.caches.quotes.expire-after-wirte=5m | leakproof.caches.quotes.expire-after-wirte",
                "leakproof.caches.quotes.maximum-size=0 | leakproof.caches.quotes cannot be made: 'maximumSize' of",
                "leakproof.caches[a b].maximum-size=1 | leakproof.caches.a b cannot be made: A worker cannot be named",
                "leakproof.caches.taken.maximum-size=1 | leakproof.caches.taken is to be a bean, but there is another",
                "leakproof.history.maximum-size=0 | leakproof.history.maximum-size must be from 1 to 10000",
                "leakproof.defaults.stop-timeout=0s | leakproof.defaults.stop-timeout must be longer than zero",
                "leakproof.defaults.max-restarts=-1 | 'maxRestarts' of a restart policy must be 0 or more",
                "leakproof.defaults.restart=sometimes | sometimes",
                "leakproof.caches.quotes.expire-after-write=soon | soon"
            })
    void aMistakeFailsStartupAndIsExplained(String property, String said) {
        runner.withConfiguration(AutoConfigurations.of(OwnBeansAutoConfiguration.class))
                .withBean("taken", String.class, () -> "taken")
                .withPropertyValues(property)
                .run(context -> {
                    FailureAnalysis analysis = analysisOf(context);
                    assertThat(analysis.getDescription()).contains(said);
                    assertThat(analysis.getAction()).isNotBlank();
                });
    }

    private static String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/";
    }

    private static Owner root(ApplicationContext context) {
        return context.getBean("leakproofRoot", Owner.class);
    }

    private static NodeSnapshot node(ApplicationContext context, String path) {
        return root(context).find(path).orElseThrow();
    }

    private static long runs(ApplicationContext context) {
        var runs = node(context, "app/peer").runs();
        return runs == null ? 0 : runs.completed() + runs.failed();
    }

    private static Health health(ApplicationContext context) {
        return context.getBean(WorkersHealthIndicator.class).health();
    }

    /** Apart from those of the server, of the test and of the JVM. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName()
                        .matches("(HTTP-Dispatcher|idle-timeout-task|awaitility|ForkJoinPool.common).*"))
                .collect(Collectors.toSet());
    }

    /** As Spring Boot would: the first analyzer, of those registered, that has something to say. */
    private static FailureAnalysis analysisOf(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {}))
                .stream()
                .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError(context.getStartupFailure()));
    }
}
