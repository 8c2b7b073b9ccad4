package dev.leakproof.sample.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * A peer in this process, on a port of its own, because the web server's refuses connections while the workers drain. It
 * is up before the first worker starts and goes down after the last has stopped.
 */
class EmbeddedPeer implements SmartLifecycle {

    /** Below both phases of leakproof: started earlier than the workers, stopped later. */
    static final int PHASE = Integer.MAX_VALUE / 2 + 512;

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPeer.class);
    private static final int THREADS = 8;
    private static final String THREAD_PREFIX = "embedded-peer-";

    /** Those that the JDK's server has beside the ones it is given. */
    private static final Set<String> SERVER_THREADS = Set.of("HTTP-Dispatcher", "idle-timeout-task");

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

    private final Effects effects;
    private final int port;
    private final Duration delay;
    private volatile @Nullable Running running;

    private record Running(HttpServer server, ExecutorService threads) {}

    EmbeddedPeer(Effects effects, int port, Duration delay) {
        this.effects = effects;
        this.port = port;
        this.delay = delay;
    }

    static boolean isNameOfThread(String name) {
        return name.startsWith(THREAD_PREFIX) || SERVER_THREADS.contains(name);
    }

    /** Returns where it listens. */
    URI address() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("The embedded peer is not running");
        }
        return URI.create("http://localhost:" + now.server.getAddress().getPort());
    }

    @Override
    public void start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            ExecutorService threads =
                    Executors.newFixedThreadPool(THREADS, new CustomizableThreadFactory(THREAD_PREFIX));
            server.setExecutor(threads);
            server.createContext("/ping", exchange -> answer(exchange, 204));
            server.createContext("/suppliers/", exchange -> answer(exchange, price(exchange)));
            server.createContext("/deliveries", this::take);
            server.start();
            running = new Running(server, threads);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded peer cannot listen on port " + port, e);
        }
        log.info("The embedded peer listens on {}", address());
    }

    @Override
    public void stop() {
        Running last = running;
        running = null;
        if (last == null) {
            return;
        }
        last.threads.shutdown();
        try {
            if (!last.threads.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) {
                last.threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.server.stop(0);
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private void take(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        String payload = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        if (key == null) {
            answer(exchange, 400);
            return;
        }
        try {
            Thread.sleep(delay.toMillis());
            effects.record(key, payload);
            answer(exchange, 204);
        } catch (InterruptedException e) {
            exchange.close();
        } catch (DataAccessException e) {
            log.warn("Delivery {} was not recorded: {}", key, e.toString());
            answer(exchange, 503);
        }
    }

    /** Some price or other, always the same for one supplier and sku. */
    private static String price(HttpExchange exchange) {
        int hash = exchange.getRequestURI().getPath().hashCode();
        return BigDecimal.valueOf(100 + Math.floorMod(hash, 9_900), 2).toString();
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
