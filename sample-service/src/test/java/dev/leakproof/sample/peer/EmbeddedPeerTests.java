package dev.leakproof.sample.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class EmbeddedPeerTests {

    private final JdbcConnectionPool database =
            JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final Effects effects = new Effects(JdbcClient.create(database));
    private final EmbeddedPeer server = new EmbeddedPeer(effects, 0, Duration.ZERO);
    private final Peer peer = new Peer(HttpClient.newHttpClient(), server::address, Duration.ofSeconds(20));

    @BeforeEach
    void start() {
        Flyway.configure().dataSource(database).load().migrate();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
        database.dispose();
    }

    @Test
    void eachKeyHasItsEffectOnceAndRepeatsAreCounted() throws Exception {
        peer.deliver("a", "{}");
        peer.deliver("b", "{}");
        peer.deliver("a", "{}");
        peer.deliver("a", "{}");

        assertThat(effects.count()).isEqualTo(new Effects.Counts(2, 2));
    }

    @Test
    void oneKeyDeliveredManyTimesAtOnceHasItsEffectOnce() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            Callable<Void> delivery = () -> {
                peer.deliver("same", "{}");
                return null;
            };
            for (var result :
                    clients.invokeAll(Stream.generate(() -> delivery).limit(40).toList())) {
                result.get();
            }
        } finally {
            clients.shutdownNow();
        }

        assertThat(effects.count()).isEqualTo(new Effects.Counts(1, 39));
    }

    @Test
    void aDatabaseThatIsGoneIsNoEffectAndNoSuccess() {
        database.dispose();

        assertThatThrownBy(() -> peer.deliver("a", "{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
    }

    @Test
    void aPriceIsAlwaysTheSame() throws Exception {
        assertThat(peer.price("SKU-1")).isPositive().isEqualTo(peer.price("SKU-1"));
    }

    @Test
    void afterAStopItsPortIsClosedAndItsThreadsAreGone() throws Exception {
        peer.ping();
        var address = server.address();

        server.stop();
        server.stop();

        Peer last = new Peer(HttpClient.newHttpClient(), () -> address, Duration.ofSeconds(20));
        assertThatThrownBy(last::ping).hasCauseInstanceOf(ConnectException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("embedded-peer-"));
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void itCanBeStartedAgain() throws Exception {
        server.stop();
        server.start();

        peer.ping();
    }
}
