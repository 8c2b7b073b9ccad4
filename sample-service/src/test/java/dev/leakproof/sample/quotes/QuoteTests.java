package dev.leakproof.sample.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.sample.SampleTest;
import dev.leakproof.sample.StubPeer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

@SampleTest
class QuoteTests {

    private static final StubPeer peer = new StubPeer();

    private RestTestClient http;

    @DynamicPropertySource
    static void peerIsElsewhere(DynamicPropertyRegistry registry) {
        registry.add("sample.peer.url", peer::url);
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
    void aQuoteIsAskedForOnceAndKept() {
        for (int i = 0; i < 3; i++) {
            http.get()
                    .uri("/quotes/SKU-1")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.sku")
                    .isEqualTo("SKU-1")
                    .jsonPath("$.price")
                    .isEqualTo(12.5);
        }

        assertThat(peer.calls().stream().filter("/prices/SKU-1"::equals)).hasSize(1);
    }

    @Test
    void withoutThePeerThereIsNoNewQuote() {
        peer.refuse("/prices/SKU-2"::equals);
        http.get()
                .uri("/quotes/SKU-2")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("The peer gives no quotes now");

        peer.refuse(call -> false);
        http.get().uri("/quotes/SKU-2").exchange().expectStatus().isOk();
    }

    @Test
    void whatIsNoSkuIsNotFound() {
        http.get().uri("/quotes/a b").exchange().expectStatus().isNotFound();
        assertThat(peer.calls()).noneMatch(call -> call.startsWith("/prices"));
    }
}
