package dev.leakproof.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.sample.SampleTest;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@SampleTest
class ImportApiTests {

    private RestTestClient http;

    @BeforeEach
    void connect(@Value("${local.server.port}") int port) {
        http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }

    @Test
    void anImportIsAcceptedAndItsOrdersAreDelivered() {
        String id = UUID.randomUUID().toString();

        OrderImport.Progress end = awaitEnd(post(OrderCsv.HEADER + "\n" + id + ",ann,TEA-1,2\n,\"Bo, Eve\",TEA-2,3\n"));

        assertThat(end.state()).isEqualTo(OrderImport.State.DONE);
        assertThat(end.lines()).isEqualTo(2);
        assertThat(end.done()).isEqualTo(2);
        assertThat(end.accepted()).isEqualTo(2);
        assertThat(end.badLines()).isEmpty();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> http.get()
                        .uri("/orders/" + id)
                        .exchange()
                        .expectBody()
                        .jsonPath("$.customer")
                        .isEqualTo("ann")
                        .jsonPath("$.status")
                        .isEqualTo("DELIVERED"));
    }

    @Test
    void badLinesAreNamedByTheirNumbersAndTheOthersAreAccepted() {
        String id = UUID.randomUUID().toString();

        OrderImport.Progress end = awaitEnd(post(OrderCsv.HEADER + "\n" + """
                %1$s,ann,TEA-1,2
                %1$s,ann,TEA-1,3
                ,ann,tea,0
                ,ann,TEA-1,two

                ,ann,TEA-1
                ,ann,TEA-1,2,again
                ,"ann,TEA-1,2
                ,bob,TEA-1,2
                """.formatted(id)));

        assertThat(end.state()).isEqualTo(OrderImport.State.DONE);
        assertThat(end.accepted()).isEqualTo(2);
        assertThat(end.badLines())
                .containsExactly(
                        new OrderImport.BadLine(3, "There is a different order with the id " + id),
                        new OrderImport.BadLine(
                                4,
                                "quantity must be greater than or equal to 1, sku must be 1 to 32 capital letters, digits"
                                        + " or hyphens"),
                        new OrderImport.BadLine(5, "quantity must be a number"),
                        new OrderImport.BadLine(6, "is not id,customer,sku,quantity"),
                        new OrderImport.BadLine(7, "quantity must not be null"),
                        new OrderImport.BadLine(8, "is not id,customer,sku,quantity"),
                        new OrderImport.BadLine(9, "is not id,customer,sku,quantity"));
    }

    @Test
    void aFileSentTwiceIsAcceptedOnce() {
        String file = OrderCsv.HEADER + "\n" + UUID.randomUUID() + ",ann,TEA-1,2";

        assertThat(awaitEnd(post(file)).accepted()).isEqualTo(1);
        assertThat(awaitEnd(post(file)).badLines()).isEmpty();
    }

    @Test
    void aFileOfSomethingElseIsABadRequest() {
        post("customer;sku\n")
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.detail")
                .isEqualTo("The first line must be id,customer,sku,quantity");
        post("").expectStatus().isBadRequest();
    }

    @Test
    void aFileThatIsTooLongIsRefused() {
        post(IntStream.rangeClosed(0, 1_001)
                        .mapToObj(line -> line == 0 ? OrderCsv.HEADER : ",ann,TEA-1,1")
                        .collect(Collectors.joining("\n")))
                .expectStatus()
                .isEqualTo(413);
        post(OrderCsv.HEADER + "\n" + "x".repeat(1 << 20)).expectStatus().isEqualTo(413);
    }

    @Test
    void anUnknownImportIsNotFound() {
        http.get().uri("/imports/nobody-s").exchange().expectStatus().isNotFound();
    }

    private RestTestClient.ResponseSpec post(String csv) {
        return http.post()
                .uri("/orders/import")
                .contentType(MediaType.valueOf("text/csv"))
                .body(csv)
                .exchange();
    }

    private OrderImport.Progress awaitEnd(RestTestClient.ResponseSpec accepted) {
        accepted.expectStatus().isAccepted();
        String location =
                accepted.returnResult().getResponseHeaders().getLocation().toString();
        // A few inserts away; the bound only has to outlast a busy machine.
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> http.get()
                                .uri(location)
                                .exchange()
                                .expectStatus()
                                .isOk()
                                .returnResult(OrderImport.Progress.class)
                                .getResponseBody(),
                        progress -> progress.state() == OrderImport.State.DONE
                                || progress.state() == OrderImport.State.CUT_SHORT);
    }
}
