package dev.leakproof.sample.peer;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Supplier;

/** The other system, as it is seen from here: HTTP with a time-out on everything. All calls block. */
public class Peer {

    private final HttpClient client;
    private final Supplier<URI> address;
    private final Duration timeout;

    Peer(HttpClient client, Supplier<URI> address, Duration timeout) {
        this.client = client;
        this.address = address;
        this.timeout = timeout;
    }

    /**
     * Delivers a payload. Doing so again with the same key has no further effect there.
     *
     * @throws IOException if it is not certain that the peer has it
     */
    public void deliver(String key, String payload) throws IOException, InterruptedException {
        send(request("/deliveries")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(payload)));
    }

    /** Returns the price of one piece. */
    public BigDecimal price(String sku) throws IOException, InterruptedException {
        return new BigDecimal(send(request("/prices/" + sku)));
    }

    /** Returns if the peer is well. */
    public void ping() throws IOException, InterruptedException {
        send(request("/ping"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.get().resolve(path)).timeout(timeout);
    }

    private String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        var response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException("The peer answered " + response.statusCode() + " to " + request.uri());
        }
        return response.body();
    }
}
