package dev.leakproof.sample.drill;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks a pod how it is, every 100 ms, as a kubelet does; and keeps each change of the answer. */
final class Probe implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(100);
    // As in the manifest.
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final int port;
    private final String path;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<Transition> transitions = new CopyOnWriteArrayList<>();

    /** From then on the answer was this one: a status, or what came in its place. */
    record Transition(Instant at, String answer) {}

    Probe(int port, String path) {
        this.port = port;
        this.path = path;
        thread.scheduleWithFixedDelay(this::ask, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isPositive() {
        return last().equals("200");
    }

    /** Returns the answer at that time, and what followed. */
    List<Transition> since(Instant time) {
        int first = 0;
        while (first + 1 < transitions.size()
                && !transitions.get(first + 1).at().isAfter(time)) {
            first++;
        }
        return List.copyOf(transitions.subList(Math.min(first, transitions.size()), transitions.size()));
    }

    private void ask() {
        String answer;
        try (HttpConnection connection = new HttpConnection(port, TIMEOUT)) {
            answer = String.valueOf(connection.get(path).status());
        } catch (ConnectException e) {
            answer = "refused";
        } catch (SocketTimeoutException e) {
            answer = "late";
        } catch (IOException e) {
            answer = "cut off";
        }
        if (!answer.equals(last())) {
            transitions.add(new Transition(Instant.now(), answer));
        }
    }

    private String last() {
        return transitions.isEmpty()
                ? ""
                : transitions.get(transitions.size() - 1).answer();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
