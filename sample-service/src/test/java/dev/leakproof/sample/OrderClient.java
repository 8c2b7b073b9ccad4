package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the service as its clients do. */
public final class OrderClient {

    private static final int CLIENTS = 4;
    private static final JsonMapper json = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final SampleProcess service;
    private final URI base;

    public OrderClient(SampleProcess service) {
        this.service = service;
        this.base = service.uri("/");
    }

    /** What {@code GET /outbox} says. */
    public record Outbox(long accepted, long outstanding, long delivered, PeerCounts peer) {}

    /** What the embedded peer has counted. */
    public record PeerCounts(long effects, long repeats) {}

    /** Posts that many orders, a few at a time, and returns the ids of those accepted: all. */
    public List<String> post(int count) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            Callable<String> one = this::postOne;
            List<String> accepted = new ArrayList<>(count);
            for (Future<String> id :
                    clients.invokeAll(Stream.generate(() -> one).limit(count).toList())) {
                accepted.add(id.get());
            }
            return accepted;
        } finally {
            clients.shutdownNow();
        }
    }

    /** Posts a file with that many orders and returns where its progress is shown. */
    public String postFile(int count) throws IOException, InterruptedException {
        String lines = Stream.generate(() -> UUID.randomUUID() + ",c-4711,SKU-1,3")
                .limit(count)
                .collect(Collectors.joining("\n"));
        HttpRequest.Builder post = request(base.resolve("/orders/import"))
                .header("Content-Type", "text/csv")
                .POST(BodyPublishers.ofString("id,customer,sku,quantity\n" + lines));
        var response = http.send(post.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return response.headers().firstValue("Location").orElseThrow();
    }

    public Outbox outbox() throws IOException, InterruptedException {
        return json.readValue(get("/outbox"), Outbox.class);
    }

    public String get(String path) throws IOException, InterruptedException {
        var response = http.send(request(base.resolve(path)).build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private String postOne() throws IOException, InterruptedException {
        String id = UUID.randomUUID().toString();
        String body = "{\"id\": \"%s\", \"customer\": \"c-4711\", \"sku\": \"SKU-1\", \"quantity\": 3}".formatted(id);
        HttpRequest.Builder post = request(base.resolve("/orders"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body));
        var response = http.send(post.build(), BodyHandlers.ofString());
        assertThat(response.statusCode())
                .as(() -> response.body() + "\n" + service.log())
                .isEqualTo(202);
        return id;
    }

    private static HttpRequest.Builder request(URI uri) {
        // Answers come in milliseconds; the bound only has to outlast a busy machine.
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
    }
}
