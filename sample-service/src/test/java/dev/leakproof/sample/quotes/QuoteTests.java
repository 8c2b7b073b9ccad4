package dev.leakproof.sample.quotes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Owner;
import dev.leakproof.sample.SampleTest;
import dev.leakproof.sample.StubPeer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.StatusAssertions;

@SampleTest
class QuoteTests {

    private static final StubPeer peer = new StubPeer();

    @Autowired
    private Owner suppliers;

    private RestTestClient http;

    @DynamicPropertySource
    static void peerIsElsewhere(DynamicPropertyRegistry registry) {
        registry.add("sample.peer.url", peer::url);
        // Longer than the deadline, which is what ends a call that hangs.
        registry.add("sample.peer.request-timeout", () -> "10m");
        // Answers come in milliseconds; it only has to outlast a busy machine.
        registry.add("sample.quotes.deadline", () -> "8s");
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
    void theBestPriceWins() {
        peer.price(Map.of(
                "/suppliers/north/prices/SKU-1", "13",
                "/suppliers/south/prices/SKU-1", "9.90",
                "/suppliers/west/prices/SKU-1", "10"));

        get("SKU-1")
                .isOk()
                .expectBody()
                .json("{'sku': 'SKU-1', 'supplier': 'south', 'price': 9.90}".replace('\'', '"'));
    }

    @Test
    void aQuoteIsAskedForOnceAndKept() {
        for (int i = 0; i < 3; i++) {
            get("SKU-2").isOk();
        }

        assertThat(peer.calls().stream().filter(call -> call.endsWith("/SKU-2")))
                .containsExactlyInAnyOrder(
                        "/suppliers/north/prices/SKU-2",
                        "/suppliers/south/prices/SKU-2",
                        "/suppliers/west/prices/SKU-2");
    }

    @Test
    void aSupplierThatHangsAndOneThatFailsDoNotSpoilTheAnswer() {
        peer.leaveUnanswered("/suppliers/north/prices/SKU-3"::equals);
        peer.refuse("/suppliers/south/prices/SKU-3"::equals);

        get("SKU-3").isOk().expectBody().jsonPath("$.supplier").isEqualTo("west");

        assertThat(suppliers.snapshot().children()).as("questions under way").isEmpty();
    }

    @Test
    void withoutAnySupplierThereIsNoNewQuote() {
        peer.refuse(call -> call.endsWith("/SKU-4"));
        get("SKU-4").isEqualTo(503).expectBody().jsonPath("$.detail").isEqualTo("No supplier gives a quote now");

        peer.refuse(call -> false);
        get("SKU-4").isOk();
    }

    @Test
    void whileNobodyMayBeAskedThereIsNoNewQuote() {
        suppliers.stop(Duration.ofSeconds(20));
        try {
            get("SKU-5").isEqualTo(503);
        } finally {
            suppliers.start();
        }

        get("SKU-5").isOk();
    }

    @Test
    void whatIsNoSkuIsNotFound() {
        get("a b").isNotFound();
        assertThat(peer.calls()).noneMatch(call -> call.startsWith("/prices"));
    }

    private StatusAssertions get(String sku) {
        return http.get().uri("/quotes/" + sku).exchange().expectStatus();
    }
}
