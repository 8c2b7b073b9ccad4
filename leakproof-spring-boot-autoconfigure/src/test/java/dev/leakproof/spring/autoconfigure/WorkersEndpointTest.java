package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;

/** The endpoint, the health and the scrape of a real server, asked by HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class WorkersEndpointTest {

    private static ConfigurableApplicationContext server;
    private static ConfigurableApplicationContext showing;

    /** What would move a terminal's cursor, end a line, or turn the direction of writing. */
    private static final String HARMFUL = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\n]]";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void theTreeIsJsonByDefault() throws Exception {
        HttpResponse<String> response = get("/actuator/workers", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        json(response).extractingPath("$.root.path").isEqualTo("app");
        json(response)
                .extractingPath("$.root.children[?(@.name=='ping')].kind")
                .asArray()
                .containsExactly("heartbeat");
        json(response)
                .extractingPath("$.root.children[?(@.name=='relay')].children[0].id")
                .asArray()
                .containsExactly("relay.work");
        json(response)
                .extractingPath("$.root.children[?(@.name=='ping')].exitStory.owner")
                .asArray()
                .containsExactly("app");
        json(response)
                .extractingPath("$.root.children[?(@.name=='ping')].schedule")
                .asArray()
                .containsExactly("every 1h");
    }

    @Test
    void theActuatorsOwnMediaTypeIsJsonToo() throws Exception {
        String type = "application/vnd.spring-boot.actuator.v3+json";
        HttpResponse<String> response = get("/actuator/workers", type);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(type);
        json(response).extractingPath("$.root.path").isEqualTo("app");
    }

    @Test
    void theTreeIsDrawnForPeople() throws Exception {
        HttpResponse<String> response = get("/actuator/workers", "text/plain");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
        assertThat(response.body().lines())
                .anySatisfy(line -> assertThat(line).matches("app +owner +running +stops within 12s"))
                .anySatisfy(
                        line -> assertThat(line).matches("├─ ping +heartbeat +running +every 1h, 1 runs, next in .*"))
                .anySatisfy(line -> assertThat(line).matches("│  └─ work +worker +running +loops, 3 of 10 done"));
    }

    @Test
    void aSubtreeHasItsOwnPath() throws Exception {
        HttpResponse<String> response = get("/actuator/workers/app/relay/work", null);
        json(response).extractingPath("$.path").isEqualTo("app/relay/work");
        assertThat(get("/actuator/workers/app/relay", "text/plain").body()).startsWith("app/relay ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/relay",
                "/app/nothing",
                "/app/relay/work/more",
                "/app/..",
                "/..%2Fapp",
                "/app/%0d%0aforged",
                "/%61pp%20"
            })
    void whatIsNotThereIsNotFound(String path) throws Exception {
        assertThat(get("/actuator/workers" + path, null).statusCode()).isIn(404, 400);
        assertThat(get("/actuator/workers" + path, "text/plain").body()).doesNotContain("relay");
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        assertThat(get("/actuator/workers/", null).statusCode()).isEqualTo(404);
        assertThat(get("/actuator/workers/app/nothing", null).statusCode()).isEqualTo(404);
        assertThat(get("/actuator/workers/app/relay/", null).statusCode()).isEqualTo(200);
    }

    @Test
    void itOnlyReads() throws Exception {
        HttpRequest post = HttpRequest.newBuilder(uri(server, "/actuator/workers/app"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        assertThat(send(post).statusCode()).isEqualTo(405);
    }

    @Test
    void messagesAreNotShownUnlessAllowed() throws Exception {
        assertThat(get("/actuator/workers", null).body())
                .contains("java.lang.IllegalStateException")
                .doesNotContain("secret");
        assertThat(get("/actuator/workers", "text/plain").body())
                .contains("failed: java.lang.IllegalStateException")
                .doesNotContain("secret");
    }

    @Test
    void messagesAreShownWhereAllowedAndHarmless() throws Exception {
        json(get(showing, "/actuator/workers/app/failing", null))
                .extractingPath("$.failure.message")
                .isEqualTo("secret\u202e\r\n<b>\u001b[31m\u009b\u2028\ufffd!");
        assertThat(get(showing, "/actuator/workers/app/failing", "text/plain").body())
                .contains("java.lang.IllegalStateException: secret <b> [31m !")
                .doesNotContainPattern(HARMFUL);
    }

    @Test
    void namesOfThreadsAndNotesAreHarmless() throws Exception {
        JsonContentAssert work = json(get(showing, "/actuator/workers/app/relay/work?stacks=true", null));
        work.extractingPath("$.thread").isEqualTo("evil\r\n\u202e\u001b[31m<i>\ufffd");
        work.extractingPath("$.progress.note").isEqualTo("<script>\r\n\u202e\ufffd");
        work.extractingPath("$.progress.done").isEqualTo(3);
        assertThat(get(showing, "/actuator/workers/app/relay/work?stacks=true", "text/plain")
                        .body())
                .contains("3 of 10 done, <script>\n")
                .contains("'evil [31m<i>\ufffd' is timed_waiting")
                .doesNotContainPattern(HARMFUL);
        assertThat(get("/actuator/workers/app/relay/work", "text/plain").body())
                .contains("3 of 10 done")
                .doesNotContain("<script>");
    }

    @Test
    void stacksAreShownOnDemandWhereAllowed() throws Exception {
        String path = "/actuator/workers/app/relay";
        json(get(showing, path + "?stacks=true", null))
                .extractingPath("$.children[0].stacks[0].stack")
                .asArray()
                .anySatisfy(frame ->
                        assertThat(frame).asString().contains(getClass().getSimpleName()));
        json(get(showing, path + "?stacks=true", null))
                .extractingPath("$.children[0].stacks[0].threadState")
                .isEqualTo("timed_waiting");
        assertThat(get(showing, "/actuator/workers?stacks=true", "text/plain").body())
                .containsPattern("\n│ +at dev\\.leakproof\\.Run\\.sleep\\(Run\\.java:");
        for (HttpResponse<String> without : List.of(
                get(showing, path, null), get(path + "?stacks=true", null), get(showing, path + "?stacks", null))) {
            assertThat(without.body()).doesNotContain("\"stacks\"");
        }
        assertThat(get(showing, path + "?stacks=nonsense", null).statusCode()).isEqualTo(400);
    }

    @Test
    void aHostilePathIsNotLogged(CapturedOutput output) throws Exception {
        for (String path : List.of(
                "/app/%0d%0aFORGED", "/FORGED%1b[31m", "/app/../FORGED", "/app/%E2%80%AEFORGED", "/%00FORGED")) {
            try {
                assertThat(get("/actuator/workers" + path, null).statusCode()).isIn(404, 400);
            } catch (IllegalArgumentException notEvenAUri) {
                // the client refuses to send it
            }
        }
        assertThat(output.getAll()).doesNotContain("FORGED");
    }

    @Test
    void aScrapeCanBeParsed() throws Exception {
        assertThat(get("/actuator/prometheus", null).body().lines())
                .filteredOn(line -> line.contains("leakproof"))
                .isNotEmpty()
                .allSatisfy(line ->
                        assertThat(line).matches("# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[^{}]*})? [-+0-9.eE]+|.*NaN"));
    }

    @Test
    void healthIsDownWhenAWorkerHasFailed() throws Exception {
        HttpResponse<String> response = get("/actuator/health", null);
        assertThat(response.statusCode()).isEqualTo(503);
        json(response).extractingPath("$.components.workers.status").isEqualTo("DOWN");
        json(response)
                .extractingPath("$.components.workers.details.troubles['app/failing']")
                .asString()
                .startsWith("failed: java.lang.IllegalStateException");
    }

    @Test
    void livenessAsksForTheWorkersOnlyWhereToldTo() throws Exception {
        HttpResponse<String> unasked = get("/actuator/health/liveness", null);
        assertThat(unasked.statusCode()).isEqualTo(200);
        json(unasked).extractingPath("$.status").isEqualTo("UP");
        HttpResponse<String> asked = get(showing, "/actuator/health/liveness", null);
        assertThat(asked.statusCode()).isEqualTo(503);
        json(asked).extractingPath("$.components.workers.status").isEqualTo("DOWN");
    }

    @Test
    void aScrapeHasTheWorkers() throws Exception {
        await().untilAsserted(() -> assertThat(
                        get("/actuator/prometheus", null).body().lines())
                .contains(
                        "leakproof_workers{state=\"running\"} 4.0", // two of them leakproof's own
                        "leakproof_workers{state=\"failed\"} 1.0",
                        "leakproof_leaks 0.0",
                        "leakproof_worker_failures_total{worker=\"failing\"} 1.0",
                        "leakproof_worker_skipped_runs_total{worker=\"ping\"} 0.0",
                        "leakproof_worker_runs_seconds_count{outcome=\"success\",worker=\"ping\"} 1",
                        "leakproof_worker_lateness_seconds_count{worker=\"ping\"} 1"));
    }

    @BeforeAll
    static void serve() {
        server = start();
        showing = start(
                "management.endpoint.workers.show-values=always",
                "management.endpoint.health.group.liveness.include=livenessState,workers");
        for (ConfigurableApplicationContext context : List.of(server, showing)) {
            await().until(() -> context.getBean("leakproofRoot", Owner.class)
                    .find("app/failing")
                    .filter(node -> node.state() == NodeState.FAILED)
                    .isPresent());
            await().until(() -> context.getBean("leakproofRoot", Owner.class)
                    .find("app/relay/work")
                    .filter(node -> node.progress() != null && node.progress().note() != null)
                    .isPresent());
            await().until(() ->
                    context.getBean(Heartbeat.class).worker().snapshot().runs().completed() == 1);
        }
        // Both have come from their note to their sleep.
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread ->
                                thread.getName().startsWith("evil") && thread.getState() == Thread.State.TIMED_WAITING)
                        .count()
                == 2);
    }

    @AfterAll
    static void close() {
        server.close();
        showing.close();
    }

    private static ConfigurableApplicationContext start(String... properties) {
        return new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.port=0",
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.health.probes.enabled=true",
                        "spring.main.banner-mode=off")
                .properties(properties)
                .run();
    }

    private static URI uri(ConfigurableApplicationContext context, String path) {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        return URI.create("http://localhost:" + port + path);
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return get(server, path, accept);
    }

    private HttpResponse<String> get(ConfigurableApplicationContext from, String path, String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(from, path));
        if (accept != null) {
            request.header("Accept", accept);
        }
        return send(request.build());
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString());
    }

    private static JsonContentAssert json(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Heartbeat ping() {
            return Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {});
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").id("relay.work").ownedBy("relay").run(ctx -> {
                Thread.currentThread().setName("evil\r\n\u202e\u001b[31m<i>\ud800");
                ctx.progress(3, 10);
                ctx.progress("<script>\r\n\u202e\ud800");
                ctx.sleep(Duration.ofHours(1));
            });
        }

        @Bean
        ManagedWorker failing() {
            return ManagedWorker.named("failing").restart(RestartPolicy.never()).run(ctx -> {
                throw new IllegalStateException("secret\u202e\r\n<b>\u001b[31m\u009b\u2028\ud800!");
            });
        }
    }
}
