package dev.leakproof.sample.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerTests {

    // What is waited for comes at once; the bound only has to outlast a busy machine.
    private static final int SOON_SECONDS = 20;

    private final ServerSocket server = listen();
    private final URI address = URI.create("http://localhost:" + server.getLocalPort());

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aPeerThatIsSilentIsGivenUpOn() {
        Peer peer = new Peer(HttpClient.newHttpClient(), () -> address, Duration.ofMillis(100));

        assertThatThrownBy(peer::ping).isInstanceOf(HttpTimeoutException.class).hasMessageContaining("PT0.1S");
    }

    @Test
    void aPeerThatFallsSilentInTheMiddleOfAnAnswerIsGivenUpOn() throws Exception {
        Peer peer = new Peer(HttpClient.newHttpClient(), () -> address, Duration.ofSeconds(1));
        FutureTask<Socket> halfAnAnswer = new FutureTask<>(() -> {
            Socket connection = server.accept();
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12".getBytes(US_ASCII));
            return connection;
        });
        new Thread(halfAnAnswer, "half-an-answer").start();

        assertThatThrownBy(() -> peer.price("north", "SKU-1")).isInstanceOf(HttpTimeoutException.class);

        halfAnAnswer.get(SOON_SECONDS, TimeUnit.SECONDS).close();
    }

    @Test
    void anInterruptEndsACall() throws Exception {
        Peer peer = new Peer(HttpClient.newHttpClient(), () -> address, Duration.ofMinutes(10));
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller = new Thread(() -> {
            try {
                peer.ping();
            } catch (InterruptedException e) {
                interrupted.countDown();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        caller.start();
        try (Socket connection = server.accept()) {
            caller.interrupt();

            assertThat(interrupted.await(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
