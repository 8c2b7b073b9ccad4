package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SampleTest
class ActuatorTests {

    private RestTestClient http;

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        http = RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + port + "/actuator")
                .build();
    }

    @Test
    void theTreeIsShownAsJson() {
        http.get()
                .uri("/workers")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.root.path")
                .isEqualTo("app")
                .jsonPath("$.root.children[?(@.name == 'outboxRelay')].children[?(@.name == 'relay')].stopMode")
                .isEqualTo("finish")
                .jsonPath("$.root.children[?(@.name == 'peer-ping')].kind")
                .isEqualTo("heartbeat")
                .jsonPath("$.root.children[?(@.name == 'quotes')].kind")
                .isEqualTo("cache");
    }

    @Test
    void theTreeIsDrawnForPeople() {
        assertThat(text("/workers")).contains("app", "outboxRelay", "relay", "peer-ping", "quotes");
    }

    @Test
    void fourRelaysAreAtWork() {
        // One that a busy machine has had wait too long for the peer is started again in milliseconds.
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> http.get()
                        .uri("/workers/app/outboxRelay/relay")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .jsonPath("$.children[*].state")
                        .value(states ->
                                assertThat(states).asInstanceOf(LIST).hasSize(4).containsOnly("running")));
    }

    @Test
    void theThreadsOfThePeerHaveAnOwner() {
        assertThat(text("/threads"))
                .containsPattern("─ embeddedPeer +\\d+ ")
                .doesNotContainPattern("─ \\?(?s:.*)HTTP-Dispatcher");
    }

    @Test
    void whatIsNotInTheTreeIsNotFound() {
        http.get().uri("/workers/app/nobody").exchange().expectStatus().isNotFound();
    }

    @Test
    void theHealthOfTheWorkersIsShown() {
        http.get()
                .uri("/health")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.components.workers.status")
                .isEqualTo("UP");
    }

    @Test
    void aScrapeHasTheWorkers() {
        assertThat(text("/prometheus")).contains("leakproof_workers", "leakproof_leaks");
    }

    private String text(String path) {
        return http.get()
                .uri(path)
                .accept(MediaType.TEXT_PLAIN)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody();
    }
}
