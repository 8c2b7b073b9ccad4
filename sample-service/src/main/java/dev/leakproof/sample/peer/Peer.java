package dev.leakproof.sample.peer;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The other system, as it is seen from here. All calls block, end in time, and end at once when interrupted. */
public class Peer {

    /** What a peer that is well answers to a delivery that is not. */
    private static final Set<Integer> REJECTIONS = Set.of(400, 409, 413, 422);

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
     * @throws RejectedByPeerException if the peer will not have it as it is
     * @throws IOException otherwise, if it is not certain that the peer has it
     */
    public void deliver(String key, String payload) throws IOException, InterruptedException {
        send(request("/deliveries")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(payload)));
    }

    /** Returns what a supplier that is reached by the peer asks for one piece. */
    public BigDecimal price(String supplier, String sku) throws IOException, InterruptedException {
        return new BigDecimal(send(request("/suppliers/" + supplier + "/prices/" + sku)));
    }

    /** Returns if the peer is well. */
    public void ping() throws IOException, InterruptedException {
        send(request("/ping"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.get().resolve(path));
    }

    /** The time-out is for the whole of the answer; the client's own ends with its first line. */
    private String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            HttpResponse<String> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            int status = response.statusCode();
            if (status / 100 == 2) {
                return response.body();
            }
            String problem = "The peer answered " + status + " to " + request.uri();
            throw REJECTIONS.contains(status) ? new RejectedByPeerException(problem) : new IOException(problem);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("No answer within " + timeout + " from " + request.uri());
        } catch (ExecutionException e) {
            throw new IOException("No answer from " + request.uri(), e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
