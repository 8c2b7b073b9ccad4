package dev.leakproof.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A peer that does what a test wants: takes, refuses, rejects, or does not answer. */
public final class StubPeer implements AutoCloseable {

    private static final int NO_ANSWER = -1;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> taken = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private Predicate<String> refused = call -> false;
    private Predicate<String> rejected = call -> false;
    private Predicate<String> unanswered = call -> false;
    private Map<String, String> prices = Map.of();

    public StubPeer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** Answers well from now on, and forgets what was. */
    public synchronized void reset() {
        refused = call -> false;
        rejected = call -> false;
        unanswered = call -> false;
        prices = Map.of();
        taken.clear();
        calls.clear();
    }

    /** Answers 503 to calls whose path or key matches. */
    public synchronized void refuse(Predicate<String> matching) {
        refused = matching;
    }

    /** Answers 422 to calls whose path or key matches. */
    public synchronized void reject(Predicate<String> matching) {
        rejected = matching;
    }

    /** Answers with these prices to calls for their paths, with 12.50 to others. */
    public synchronized void price(Map<String, String> byPath) {
        prices = byPath;
    }

    /** Leaves calls whose path or key matches without an answer. */
    public synchronized void leaveUnanswered(Predicate<String> matching) {
        unanswered = matching;
    }

    /** Returns the keys of the deliveries it answered well, in order, with repeats. */
    public synchronized List<String> taken() {
        return List.copyOf(taken);
    }

    /** Returns the paths and keys of all calls, refused ones too. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    private void handle(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        String path = exchange.getRequestURI().getPath();
        int status = answerTo(key != null ? key : path, key != null);
        if (status != NO_ANSWER) {
            // Headers and a body are two packets, of which the second waits for the client's delayed acknowledgement.
            byte[] body = key != null ? new byte[0] : price(path).getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }
    }

    private synchronized int answerTo(String call, boolean delivery) {
        calls.add(call);
        if (unanswered.test(call)) {
            return NO_ANSWER;
        }
        if (refused.test(call)) {
            return 503;
        }
        if (rejected.test(call)) {
            return 422;
        }
        if (delivery) {
            taken.add(call);
        }
        return 200;
    }

    private synchronized String price(String path) {
        return prices.getOrDefault(path, "12.50");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
