package dev.leakproof.sample.drill;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process of the peer, and how it is told what to do. */
final class Peer implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Process process;
    private final int port;
    private final int controlPort;

    private Peer(Process process, int port, int controlPort) {
        this.process = process;
        this.port = port;
        this.controlPort = controlPort;
    }

    /**
     * A delivery that was taken.
     *
     * @param at when
     * @param key of what
     * @param hadEffect whether anything came of it
     */
    record Delivery(Instant at, String key, boolean hadEffect) {

        private static Delivery parse(String line) {
            String[] parts = line.split(" ");
            return new Delivery(
                    Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[1], Boolean.parseBoolean(parts[2]));
        }
    }

    static Peer start(boolean forgetful, Duration delay, Path directory) throws IOException, InterruptedException {
        int port = Ports.next();
        int controlPort = Ports.next();
        ProcessBuilder builder = new ProcessBuilder(
                        Jdk.find(Jdk.CURRENT).orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        classes(),
                        PeerServer.class.getName(),
                        String.valueOf(port),
                        String.valueOf(controlPort),
                        String.valueOf(forgetful),
                        String.valueOf(delay.toMillis()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("peer.log").toFile());
        Peer peer = new Peer(Processes.start(builder), port, controlPort);
        peer.awaitUp();
        return peer;
    }

    String url() {
        return "http://localhost:" + port;
    }

    List<Delivery> deliveries() throws IOException {
        return ask("/deliveries").lines().map(Delivery::parse).toList();
    }

    /** Refuses connections from now on. */
    void refuse() throws IOException {
        ask("/refuse");
    }

    /** Answers no delivery from now on. */
    void fallSilent() throws IOException {
        ask("/silent");
    }

    void recover() throws IOException {
        ask("/serve");
    }

    /** Answers without delay from now on. */
    void hurry() throws IOException {
        ask("/hurry");
    }

    private String ask(String path) throws IOException {
        try (HttpConnection connection = new HttpConnection(controlPort, TIMEOUT)) {
            return connection.get(path).body();
        }
    }

    private void awaitUp() throws InterruptedException {
        while (process.isAlive()) {
            try {
                deliveries();
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        throw new IllegalStateException("The peer has ended with " + process.exitValue());
    }

    private static String classes() {
        try {
            return Path.of(PeerServer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
