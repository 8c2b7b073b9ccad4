package dev.leakproof.sample.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/**
 * The main class of the peer, which is a process of its own and needs nothing but the JDK. It keeps a table of deliveries. It
 * can refuse connections, fall silent, and forget which keys it knows. It ends with its standard input.
 */
final class PeerServer {

    private final int port;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Queue<String> deliveries = new ConcurrentLinkedQueue<>();
    private final boolean forgetful;
    private volatile long delayMillis;
    private volatile boolean silent;
    private HttpServer service;

    private PeerServer(int port, boolean forgetful, long delayMillis) throws IOException {
        this.port = port;
        this.forgetful = forgetful;
        this.delayMillis = delayMillis;
        this.service = serve();
    }

    /** Takes the port of the service, that of the control, whether it forgets, and its delay in milliseconds. */
    public static void main(String[] args) throws IOException {
        PeerServer peer =
                new PeerServer(Integer.parseInt(args[0]), Boolean.parseBoolean(args[2]), Long.parseLong(args[3]));
        HttpServer control = listen(Integer.parseInt(args[1]));
        control.createContext("/deliveries", exchange -> answer(exchange, String.join("\n", peer.deliveries)));
        control.createContext("/refuse", exchange -> peer.refuse(exchange));
        control.createContext("/silent", exchange -> peer.silence(exchange));
        control.createContext("/serve", exchange -> peer.recover(exchange));
        control.createContext("/hurry", exchange -> peer.hurry(exchange));
        control.start();
        while (System.in.read() != -1) {}
        System.exit(0);
    }

    private HttpServer serve() throws IOException {
        HttpServer server = listen(port);
        server.createContext("/ping", exchange -> answer(exchange, ""));
        server.createContext("/deliveries", this::take);
        server.start();
        return server;
    }

    private void take(HttpExchange exchange) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        exchange.getRequestBody().readAllBytes();
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (!silent) {
            boolean effect = known.add(key) || forgetful;
            deliveries.add(System.currentTimeMillis() + " " + key + " " + effect);
            answer(exchange, "");
        }
    }

    private synchronized void refuse(HttpExchange exchange) throws IOException {
        service.stop(0);
        answer(exchange, "");
    }

    private void silence(HttpExchange exchange) throws IOException {
        silent = true;
        answer(exchange, "");
    }

    private synchronized void recover(HttpExchange exchange) throws IOException {
        silent = false;
        service.stop(0);
        service = serve();
        answer(exchange, "");
    }

    private void hurry(HttpExchange exchange) throws IOException {
        delayMillis = 0;
        answer(exchange, "");
    }

    private static HttpServer listen(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        return server;
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
