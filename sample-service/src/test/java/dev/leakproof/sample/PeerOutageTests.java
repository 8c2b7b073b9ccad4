package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The service as its clients see it while its peer fails, hangs and comes back. */
@SampleTest
class PeerOutageTests {

    private static final StubPeer peer = new StubPeer();

    // What is waited for takes milliseconds; the bound only has to outlast a busy machine.
    private static final Duration SOON = Duration.ofSeconds(30);

    private RestTestClient http;

    @DynamicPropertySource
    static void peerIsElsewhere(DynamicPropertyRegistry registry) {
        registry.add("sample.peer.url", peer::url);
        registry.add("sample.peer.request-timeout", () -> "300ms");
        registry.add("sample.quotes.deadline", () -> "20s");
    }

    @AfterAll
    static void closePeer() {
        peer.close();
    }

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        peer.reset();
        http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }

    @Test
    void ordersWaitAndNoneIsLost() {
        List<String> ids =
                Stream.generate(() -> UUID.randomUUID().toString()).limit(40).toList();

        peer.refuse(call -> true);
        takeOneByOne(ids.subList(0, 20));
        awaitAttempts();
        assertThat(quoteStatus("SKU-1")).isEqualTo(503);

        peer.leaveUnanswered(call -> true);
        takeAsAFile(ids.subList(20, 40));
        awaitAttempts();
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(workers()).contains("backing"));
        assertThat(quoteStatus("SKU-1")).isEqualTo(503);
        assertThat(outstanding()).isEqualTo(40);
        assertThat(peer.taken()).isEmpty();

        peer.leaveUnanswered(call -> false);
        peer.refuse(call -> false);
        await().atMost(SOON).until(() -> outstanding() == 0);
        // On a busy machine an answer may come too late, and is asked for again.
        assertThat(Set.copyOf(peer.taken())).containsExactlyInAnyOrderElementsOf(ids);
        await().atMost(SOON).until(() -> quoteStatus("SKU-1") == 200);
    }

    @Test
    void aDeliveryWithoutAnAnswerIsTriedAgain() {
        List<String> ids =
                Stream.generate(() -> UUID.randomUUID().toString()).limit(3).toList();
        String silent = ids.get(1);
        peer.leaveUnanswered(silent::equals);
        takeOneByOne(ids);
        await().atMost(SOON)
                .until(() -> peer.calls().stream().filter(silent::equals).count() >= 2);
        await().atMost(SOON).until(() -> outstanding() == 1);
        assertThat(peer.taken()).doesNotContain(silent);
        peer.leaveUnanswered(call -> false);
        await().atMost(SOON).until(() -> outstanding() == 0);
        assertThat(peer.taken()).contains(silent);
    }

    private void takeOneByOne(List<String> ids) {
        ids.forEach(id -> http.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"id\": \"%s\", \"customer\": \"c\", \"sku\": \"A\", \"quantity\": 1}".formatted(id))
                .exchange()
                .expectStatus()
                .isAccepted());
    }

    private void takeAsAFile(List<String> ids) {
        http.post()
                .uri("/orders/import")
                .contentType(MediaType.valueOf("text/csv"))
                .body("id,customer,sku,quantity\n" + String.join(",c,A,1\n", ids) + ",c,A,1\n")
                .exchange()
                .expectStatus()
                .isAccepted();
    }

    private void awaitAttempts() {
        long before = attempts();
        await().atMost(SOON).until(() -> attempts() >= before + 8);
    }

    private long attempts() {
        return peer.calls().stream().filter(call -> !call.startsWith("/")).count();
    }

    private int quoteStatus(String sku) {
        return http.get()
                .uri("/quotes/" + sku)
                .exchange()
                .returnResult()
                .getStatus()
                .value();
    }

    private long outstanding() {
        return http.get()
                .uri("/outbox")
                .exchange()
                .returnResult(OrderClient.Outbox.class)
                .getResponseBody()
                .outstanding();
    }

    private String workers() {
        return http.get()
                .uri("/actuator/workers/app/outboxRelay")
                .accept(MediaType.TEXT_PLAIN)
                .exchange()
                .returnResult(String.class)
                .getResponseBody();
    }
}
