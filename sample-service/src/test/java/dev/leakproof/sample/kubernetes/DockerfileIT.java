package dev.leakproof.sample.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.leakproof.sample.OrderClient;
import dev.leakproof.sample.SampleProcess;
import dev.leakproof.sample.StubPeer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of the Dockerfile make what its entrypoint runs, and that behaves as a pod should. */
@Tag("slow")
class DockerfileIT {

    private static final Duration BOUND = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @Test
    void thePodAnswersItsProbesUntilItsWorkersHaveStopped() throws Exception {
        Dockerfile dockerfile = Dockerfile.read();
        Path app = ImageDirectory.build(dockerfile, directory);
        assertThat(Files.size(app.resolve("sample-service.jar")))
                .as("the layer that changes, without its dependencies")
                .isLessThan(1_000_000);

        try (StubPeer peer = new StubPeer();
                SampleProcess service = SampleProcess.in(app)
                        .command(dockerfile.lastOf("ENTRYPOINT").exec())
                        .property("spring.profiles.active", "kubernetes")
                        .property("management.server.port", "0")
                        .property("sample.peer.url", peer.url())
                        .property("sample.peer.request-timeout", "60s")
                        .start()) {
            assertThat(service.log()).contains("preStop 5s + web drain 10s + workers 12s + margin 3s = 30s of 30s");
            URI management = service.managementUri("/actuator/");
            // Spring logs that it has started before it says that it is ready.
            await().atMost(BOUND).until(() -> status(management.resolve("health/readiness")) == 200);
            assertThat(status(management.resolve("health/liveness"))).isEqualTo(200);
            assertThat(status(management.resolve("prometheus"))).isEqualTo(200);
            assertThat(status(service.uri("/actuator/health")))
                    .as("not on the port of the clients")
                    .isEqualTo(404);
            // What a relay has in hand takes until the force stage, 10 seconds: long enough to look.
            peer.leaveUnanswered(call -> !call.startsWith("/"));
            new OrderClient(service).post(10);
            await().atMost(BOUND).until(() -> peer.calls().stream().anyMatch(call -> !call.startsWith("/")));

            FutureTask<SampleProcess.Exit> exit = new FutureTask<>(() -> service.terminate(BOUND));
            new Thread(exit, "terminate").start();
            URI anOrder = service.uri("/outbox");
            await().atMost(BOUND)
                    .pollInterval(Duration.ofMillis(50))
                    .untilAsserted(() -> assertThatThrownBy(() -> status(anOrder))
                            .as("requests are refused from the drain of the workers on")
                            .isInstanceOf(ConnectException.class));
            assertThat(status(management.resolve("health/readiness"))).isEqualTo(503);
            assertThat(status(management.resolve("health/liveness"))).isEqualTo(200);

            assertThat(exit.get(BOUND.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(143);
            assertThat(service.logged("stopped, (\\d+) leaked in")).isEqualTo("0");
        }
    }

    private int status(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }
}
