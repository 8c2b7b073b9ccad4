package dev.leakproof.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.sample.SampleTest;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

@SampleTest
class OrderApiTests {

    @Autowired
    private JdbcClient jdbc;

    private RestTestClient http;

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }

    @Test
    void anOrderIsAcceptedAndFoundUnderItsLocation() {
        RestTestClient.ResponseSpec response = post("{\"customer\": \"c-1\", \"sku\": \"SKU-1\", \"quantity\": 3}");

        response.expectStatus().isAccepted();
        Map<String, Object> order = response.returnResult(new ParameterizedTypeReference<Map<String, Object>>() {})
                .getResponseBody();
        assertThat(order).containsEntry("customer", "c-1").containsEntry("status", "ACCEPTED");
        response.expectHeader().valueEquals("Location", "/orders/" + order.get("id"));
        http.get()
                .uri("/orders/{id}", order.get("id"))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.sku")
                .isEqualTo("SKU-1")
                .jsonPath("$.quantity")
                .isEqualTo(3);
    }

    @Test
    void anAcceptedOrderIsDelivered() {
        String id = UUID.randomUUID().toString();
        post(order(id, 1)).expectStatus().isAccepted();

        awaitDelivered(id);

        assertThat(jdbc.sql("select payload from peer_effects where idempotency_key = ?")
                        .param(id)
                        .query(String.class)
                        .single())
                .contains(id)
                .contains("\"quantity\":1");
    }

    @Test
    void anOrderSentTwiceIsDeliveredOnce() {
        String id = UUID.randomUUID().toString();
        post(order(id, 1)).expectStatus().isAccepted();
        awaitDelivered(id);

        post(order(id, 1)).expectStatus().isAccepted();

        assertThat(rows("orders", "id", id)).isEqualTo(1);
        assertThat(rows("outbox", "order_id", id)).isZero();
    }

    @Test
    void aDifferentOrderUnderAKnownIdIsAConflict() {
        String id = UUID.randomUUID().toString();
        post(order(id, 1)).expectStatus().isAccepted();

        post(order(id, 2))
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("There is a different order with the id " + id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"sku": "A", "quantity": 1}                                       | customer must not be blank
            {"customer": "a\\u0000b", "sku": "A", "quantity": 1}              | customer must have no control characters
            {"customer": "c", "sku": "A"}                                     | quantity must not be null
            {"customer": "c", "sku": "A", "quantity": 0}                      | quantity must be greater than or equal to 1
            {"customer": "c", "sku": "A", "quantity": 10001}                  | quantity must be less than or equal to 10000
            {"customer": "c", "sku": "a b", "quantity": 1}                    | sku must be 1 to 32 capital letters, digits or hyphens
            {"customer": "c", "quantity": 1}                                  | sku must not be null
            {"id": "a/b", "customer": "c", "sku": "A", "quantity": 1}         | id must be 1 to 64 letters, digits or hyphens
            """)
    void aBadFieldIsNamed(String body, String error) {
        post(body)
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors.length()")
                .isEqualTo(1)
                .jsonPath("$.errors[0]")
                .isEqualTo(error);
    }

    @Test
    void whatIsNoJsonIsABadRequest() {
        post("{").expectStatus().isBadRequest().expectHeader().contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @Test
    void anUnknownOrderIsNotFound() {
        http.get()
                .uri("/orders/nobody-s")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("There is no such order");
    }

    @Test
    void anOrderWhoseOutboxRowCannotBeWrittenIsNotThereEither() {
        String id = UUID.randomUUID().toString();
        jdbc.sql("alter table outbox add constraint refuse_one check (order_id <> '" + id + "')")
                .update();
        try {
            post(order(id, 1)).expectStatus().is5xxServerError();
        } finally {
            jdbc.sql("alter table outbox drop constraint refuse_one").update();
        }

        assertThat(rows("orders", "id", id)).isZero();
        assertThat(rows("outbox", "order_id", id)).isZero();
        post(order(id, 1)).expectStatus().isAccepted();
    }

    private void awaitDelivered(String id) {
        // A poll and a request away; the bound only has to outlast a busy machine.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> http.get()
                        .uri("/orders/{id}", id)
                        .exchange()
                        .expectBody()
                        .jsonPath("$.status")
                        .isEqualTo("DELIVERED"));
    }

    private RestTestClient.ResponseSpec post(String body) {
        return http.post()
                .uri("/orders")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private static String order(String id, int quantity) {
        return "{\"id\": \"%s\", \"customer\": \"c\", \"sku\": \"A\", \"quantity\": %d}".formatted(id, quantity);
    }

    private long rows(String table, String column, String id) {
        return jdbc.sql("select count(*) from " + table + " where " + column + " = ?")
                .param(id)
                .query(Long.class)
                .single();
    }
}
