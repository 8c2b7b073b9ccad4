package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;

/** Control of workers through a real server, at a management port of its own. */
@ExtendWith(OutputCaptureExtension.class)
class WorkersControlTest {

    private static final String ACCESS = "management.endpoint.workers.access=unrestricted";
    private static final String ALLOWED = "leakproof.endpoint.allow-control=true";

    private static ConfigurableApplicationContext server;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = server(ACCESS, ALLOWED);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aWorkerIsPausedAndResumed(CapturedOutput output) throws Exception {
        HttpResponse<String> paused = post("app/ping", "{\"action\":\"pause\"}");
        assertThat(paused.statusCode()).isEqualTo(200);
        json(paused).extractingPath("$.path").isEqualTo("app/ping");
        json(paused).extractingPath("$.state").isEqualTo("paused");
        json(paused).extractingPath("$.report").asString().startsWith("1 stopped, 0 leaked in ");
        assertThat(state("app/ping")).isEqualTo(NodeState.PAUSED);

        HttpResponse<String> resumed = post("app/ping", "{\"action\":\"resume\"}");
        json(resumed).extractingPath("$.state").isEqualTo("running");
        assertThat(state("app/ping")).isEqualTo(NodeState.RUNNING);
        assertThat(output).contains("'app/ping' was asked to pause by somebody");
    }

    @Test
    void aSubtreeIsStoppedAndStarted() throws Exception {
        json(post("app/group", "{\"action\":\"STOP\"}"))
                .extractingPath("$.state")
                .isEqualTo("stopped");
        assertThat(state("app/group/pong")).isEqualTo(NodeState.STOPPED);
        HttpResponse<String> refused = post("app/group/pong", "{\"action\":\"start\"}");
        assertThat(refused.statusCode()).isEqualTo(409);
        json(refused).extractingPath("$.refused").asString().startsWith("its owner is not running");
        json(post("app/group", "{\"action\":\"start\"}"))
                .extractingPath("$.state")
                .isEqualTo("running");
        assertThat(state("app/group/pong")).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void eachUseIsCounted() throws Exception {
        post("app/ping", "{\"action\":\"pause\"}");
        post("app/ping", "{\"action\":\"resume\"}");
        String scrape = client.send(
                        HttpRequest.newBuilder(uri(server, "prometheus")).build(), BodyHandlers.ofString())
                .body();
        assertThat(scrape).containsPattern("leakproof_control_uses_total\\{action=\"pause\",outcome=\"done\"} [1-9]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app/nothing | {\"action\":\"stop\"} | application/json | | 404",
                "app/ping | {\"action\":\"explode\"} | application/json | | 400",
                "app/ping | {} | application/json | | 400",
                "app/ping | action=stop | application/x-www-form-urlencoded | | 415",
                "app/ping | {\"action\":\"stop\"} | text/plain | | 415",
                "app/ping | {\"action\":\"stop\"} | text/plain;a=json | | 415",
                "app/ping?action=stop | '' | | | 415",
                "app/ping?action=stop | {} | application/json | | 415",
                "app/ping | {\"action\":\"stop\"} | application/json | https://evil.example | 403",
                "app/ping | {\"action\":\"stop\"} | application/json | null | 403",
            })
    void whatIsNotAJsonBodyFromHereIsRefused(String path, String body, String contentType, String origin, int status)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(server, "workers/" + path))
                .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (origin != null) {
            request.header("Origin", origin);
        }
        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(status);
        assertThat(state("app/ping")).isEqualTo(NodeState.RUNNING);
    }

    /** The server takes all of these for the same. */
    @ParameterizedTest
    @ValueSource(strings = {"%77orkers", "workers;a=b", "w%6Frkers;a"})
    void aPathThatIsWrittenOtherwiseIsGuardedToo(String endpoint) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(server, endpoint + "/app/ping?action=stop"))
                .POST(BodyPublishers.noBody());
        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(415);
        request.header("Origin", "https://evil.example");
        assertThat(client.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
        assertThat(state("app/ping")).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void itTakesBothOptIns() throws Exception {
        try (ConfigurableApplicationContext one = server(ACCESS);
                ConfigurableApplicationContext other = server(ALLOWED)) {
            BodyPublisher body = BodyPublishers.ofString("{\"action\":\"stop\"}");
            assertThat(send(one, "app/ping", body).statusCode()).isEqualTo(405);
            assertThat(send(other, "app/ping", body).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void itIsRefusedWhileTheApplicationShutsDown() throws Exception {
        CompletableFuture<HttpResponse<String>> asked = new CompletableFuture<>();
        ConfigurableApplicationContext closing = server(ACCESS, ALLOWED);
        closing.getBean(Draining.class).inTheMiddle = () -> {
            try {
                asked.complete(send(closing, "app/ping", BodyPublishers.ofString("{\"action\":\"start\"}")));
            } catch (Exception ex) {
                asked.completeExceptionally(ex);
            }
        };
        closing.close();
        assertThat(asked.get().statusCode()).isEqualTo(409);
        json(asked.get()).extractingPath("$.refused").isEqualTo("the application is shutting down");
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return send(server, path, BodyPublishers.ofString(json));
    }

    private HttpResponse<String> send(ConfigurableApplicationContext to, String path, BodyPublisher body)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(to, "workers/" + path))
                        .header("Content-Type", "application/json")
                        .POST(body)
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonContentAssert json(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    private static NodeState state(String path) {
        return server.getBean("leakproofRoot", Owner.class)
                .find(path)
                .orElseThrow()
                .state();
    }

    private static URI uri(ConfigurableApplicationContext context, String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getProperty("local.management.port")
                + "/actuator/" + path);
    }

    private static ConfigurableApplicationContext server(String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .properties("server.port=0", "management.server.port=0", "spring.main.banner-mode=off")
                .properties("management.endpoints.web.exposure.include=workers,prometheus")
                .properties(properties)
                .run();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Heartbeat ping() {
            return Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {});
        }

        @Bean
        Heartbeat pong() {
            return Heartbeat.named("pong")
                    .ownedBy("group")
                    .every(Duration.ofHours(1))
                    .beat(ctx -> {});
        }

        @Bean
        Draining draining() {
            return new Draining();
        }
    }

    /** Stops after the workers and before the management port. */
    static final class Draining implements SmartLifecycle {

        private volatile Runnable inTheMiddle = () -> {};

        @Override
        public void start() {}

        @Override
        public void stop() {
            inTheMiddle.run();
        }

        @Override
        public boolean isRunning() {
            return true;
        }

        @Override
        public int getPhase() {
            return DEFAULT_PHASE - 1400;
        }
    }
}
