package dev.leakproof.sample.drill;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Clients that post orders, steadily, and repeat nothing: each order has one chance. */
final class Traffic implements AutoCloseable {

    private static final int CLIENTS = 4;
    private static final Duration PACE = Duration.ofMillis(100);
    // Slow is not failed: the bound only has to outlast a busy machine.
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LONGEST_HURRY = Duration.ofMinutes(5);

    private final Endpoints endpoints;
    private final Scenario.Connections connections;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();
    private final List<Thread> clients = new ArrayList<>();
    /** One for each order that is still to be placed in a hurry. */
    private volatile CountDownLatch hurry = new CountDownLatch(0);

    private volatile boolean closed;

    Traffic(Endpoints endpoints, Scenario.Connections connections) {
        this.endpoints = endpoints;
        this.connections = connections;
    }

    /**
     * One request.
     *
     * @param at when it was sent
     * @param pod to whom
     * @param failure what went wrong, or an empty text
     */
    record Request(Instant at, String pod, String failure) {

        boolean isFailure() {
            return !failure.isEmpty();
        }
    }

    /** Starts the clients. They begin with that many orders as fast as they are answered, and go on at a steady pace. */
    void start(int backlog) {
        hurry = new CountDownLatch(backlog);
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(new Client(), "client-" + i);
            clients.add(client);
            client.start();
        }
    }

    void awaitSteadyPace() throws InterruptedException {
        if (!hurry.await(LONGEST_HURRY.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    hurry.getCount() + " orders of the backlog were not placed within " + LONGEST_HURRY);
        }
    }

    Collection<String> accepted() {
        return Set.copyOf(accepted);
    }

    List<Request> requests() {
        return requests.stream().sorted(Comparator.comparing(Request::at)).toList();
    }

    /** Ends the clients, each after the request that it has under way. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    /** One thread of its own, with its own connections. */
    private final class Client implements Runnable {

        private final Map<Pod, HttpConnection> kept = new HashMap<>();
        private Optional<Pod> last = Optional.empty();

        @Override
        public void run() {
            while (!closed) {
                long next = System.nanoTime() + PACE.toNanos();
                choose().ifPresent(this::post);
                boolean hurries = hurry.getCount() > 0;
                hurry.countDown();
                while (!hurries && !closed && System.nanoTime() < next) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
            List.copyOf(kept.keySet()).forEach(this::disconnect);
        }

        private Optional<Pod> choose() {
            boolean stays = connections == Scenario.Connections.STICKY
                    && last.map(kept::get).filter(HttpConnection::isOpen).isPresent();
            last = stays ? last : endpoints.next();
            if (last.isEmpty()) {
                requests.add(new Request(Instant.now(), "nobody", "no endpoint"));
            }
            return last;
        }

        private void post(Pod pod) {
            String id = UUID.randomUUID().toString();
            String order = "{\"id\": \"" + id + "\", \"customer\": \"c-1\", \"sku\": \"SKU-1\", \"quantity\": 1}";
            Instant at = Instant.now();
            String failure = "";
            try {
                HttpConnection.Answer answer = connection(pod).post("/orders", order);
                if (answer.status() == 202) {
                    accepted.add(id);
                } else {
                    failure = String.valueOf(answer.status());
                }
                if (connections == Scenario.Connections.ONE_PER_REQUEST) {
                    disconnect(pod);
                }
            } catch (IOException e) {
                failure = e.toString();
                disconnect(pod);
            }
            requests.add(new Request(at, pod.name(), failure));
        }

        private HttpConnection connection(Pod pod) throws IOException {
            HttpConnection connection = kept.get(pod);
            if (connection != null && connection.isOpen()) {
                return connection;
            }
            disconnect(pod);
            HttpConnection fresh = new HttpConnection(pod.port(), TIMEOUT);
            kept.put(pod, fresh);
            return fresh;
        }

        private void disconnect(Pod pod) {
            HttpConnection connection = kept.remove(pod);
            if (connection != null) {
                connection.close();
            }
        }
    }
}
