package dev.leakproof.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody gets who depends on the starter: the applications in {@code src/it}, built and run. */
@Tag("slow")
class ConsumersIT {

    private static final Pattern TOMCAT = Pattern.compile("Tomcat started on port (\\d+)");

    /** They do not live for long enough to be compiled well. */
    private static final String QUICKLY = "-XX:TieredStopAtLevel=1";

    private static final String CLEAN_STOP = "app: \\d+ stopped, 0 leaked in \\S+ of 12s";

    /** Tomcat warns too, of a machine that is busy. */
    private static final String OUR_WARNING = "WARN .* d(ev)?\\.l";

    private static Consumers consumers;

    @BeforeAll
    static void build() throws Exception {
        consumers = Consumers.build("plain", "web");
    }

    @Test
    void theStarterAloneBringsLittle() throws IOException {
        assertThat(libraries("plain"))
                .as("what is in the jar")
                .anyMatch(name -> name.startsWith("leakproof-core"))
                .anyMatch(name -> name.startsWith("leakproof-spring-boot-autoconfigure"))
                .anyMatch(name -> name.startsWith("caffeine"))
                .noneMatch(name -> name.contains("actuator"))
                .noneMatch(name -> name.startsWith("micrometer-core"))
                .noneMatch(name -> name.contains("health"))
                .noneMatch(name -> name.startsWith("spring-web"))
                .noneMatch(name -> name.contains("tomcat"))
                .noneMatch(name -> name.contains("jackson"));
        assertThat(libraries("web"))
                .anyMatch(name -> name.startsWith("spring-boot-actuator"))
                .anyMatch(name -> name.startsWith("micrometer-core"));
    }

    @Test
    void theStarterAloneRunsWorkersUntilItIsToldToStop() throws Exception {
        try (ConsumerProcess plain = ConsumerProcess.start(consumers.jar("plain"), List.of(QUICKLY))) {
            plain.awaitLogged(Pattern.compile("app/pulse beats\n(.*\n)*.*app/pulse beats"));
            plain.awaitLogged(Pattern.compile("app/plainApplication/loop begins"));

            plain.terminate();

            assertThat(plain.exitCode()).as(plain.log()).isEqualTo(143);
            assertThat(plain.log())
                    .contains("app/plainApplication/loop ends")
                    .containsPattern(CLEAN_STOP)
                    .doesNotContain("ERROR", "Exception")
                    .doesNotContainPattern(OUR_WARNING);
        }
    }

    /** Nothing but a stop needs that class, and it is not told to stop yet. */
    @Test
    void aStopIsRehearsedOnceTheApplicationHasStarted(@TempDir Path directory) throws Exception {
        Path loaded = directory.resolve("loaded.log");
        try (ConsumerProcess plain =
                ConsumerProcess.start(consumers.jar("plain"), List.of(QUICKLY, "-Xlog:class+load:file=" + loaded))) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(loaded).contains(" dev.leakproof.StopReport$Outcome "));

            plain.terminate();

            assertThat(plain.log()).containsPattern(CLEAN_STOP).doesNotContain("rehearsal");
        }
    }

    @Test
    void workersAreSeenByThoseWhoMay() throws Exception {
        try (ConsumerProcess web = ConsumerProcess.start(consumers.jar("web"), List.of(QUICKLY))) {
            assertThat(web.log()).doesNotContain("AOT-processed");
            assertShownAndStopped(web);
        }
    }

    /** Nothing but the filter for lazy beans finds the sweeper here, in a definition that was generated. */
    @Test
    void workersRunInAnApplicationProcessedAheadOfTimeThoughItsBeansAreLazyAndItsThreadsVirtual() throws Exception {
        try (ConsumerProcess web = ConsumerProcess.start(
                consumers.jar("web"),
                List.of(QUICKLY, "-Dspring.aot.enabled=true"),
                "--spring.main.lazy-initialization=true",
                "--spring.threads.virtual.enabled=true")) {
            assertThat(web.log()).contains("Starting AOT-processed WebApplication");
            assertShownAndStopped(web);
        }
    }

    private static void assertShownAndStopped(ConsumerProcess web) throws Exception {
        String root = "http://localhost:" + web.awaitLogged(TOMCAT).group(1) + "/actuator/";
        // Spring logs that it has started before it says that it is ready.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get(root + "health", false).statusCode() == 200);
        assertThat(get(root + "workers", false).statusCode()).isEqualTo(401);
        assertThat(get(root + "prometheus", false).statusCode()).isEqualTo(401);

        HttpResponse<String> workers = get(root + "workers", true);
        assertThat(workers.statusCode()).isEqualTo(200);
        assertThat(workers.body())
                .contains(
                        "app/pulse",
                        "app/notifications/mail",
                        "app/quotes",
                        "app/sweeper/run",
                        "app/webApplication/consume/2");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(get(root + "prometheus", true).body())
                        .containsPattern("leakproof_worker_runs_seconds_count\\{.*worker=\"pulse\"} [1-9]")
                        .containsPattern("leakproof_worker_runs_seconds_count\\{.*worker=\"sweeper.run\"} [1-9]")
                        .containsPattern("cache_size\\{.*quotes"));

        web.terminate();

        assertThat(web.exitCode()).as(web.log()).isEqualTo(143);
        assertThat(web.log())
                .contains("app/webApplication/consume/1 has finished", "app/webApplication/consume/2 has finished")
                .containsPattern(CLEAN_STOP)
                .doesNotContain("ERROR", "Exception")
                .doesNotContainPattern(OUR_WARNING);
    }

    private static HttpResponse<String> get(String address, boolean known) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(30));
        if (known) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString("ops:secret".getBytes(StandardCharsets.UTF_8)));
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static List<String> libraries(String consumer) throws IOException {
        try (JarFile jar = new JarFile(consumers.jar(consumer).toFile())) {
            return jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length()))
                    .toList();
        }
    }
}
