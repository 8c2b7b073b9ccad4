package dev.leakproof.sample.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.sample.TestDatabase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class EmbeddedPeerTests {

    private final HikariDataSource database = kind().create().openMigrated();
    private final Effects effects = new Effects(JdbcClient.create(database));
    private final EmbeddedPeer server = new EmbeddedPeer(effects, 0, Duration.ZERO);
    private final Peer peer = new Peer(HttpClient.newHttpClient(), server::address, Duration.ofSeconds(20));

    TestDatabase kind() {
        return TestDatabase.H2;
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
        database.close();
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
        database.close();

        assertThatThrownBy(() -> peer.deliver("a", "{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("503");
    }

    @Test
    void aPriceIsAlwaysTheSame() throws Exception {
        assertThat(peer.price("north", "SKU-1"))
                .isPositive()
                .isEqualTo(peer.price("north", "SKU-1"))
                .isNotEqualTo(peer.price("south", "SKU-1"));
    }

    @Test
    void afterAStopItsPortIsClosedAndItsThreadsAreGone() throws Exception {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        peer.ping();
        var address = server.address();

        server.stop();
        server.stop();

        Peer last = new Peer(HttpClient.newHttpClient(), () -> address, Duration.ofSeconds(20));
        assertThatThrownBy(last::ping).hasCauseInstanceOf(ConnectException.class);
        // In a while, for they may still be on their last lines; and a service that was started for other tests has
        // some.
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(thread -> !others.contains(thread))
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("embedded-peer-")));
        assertThat(server.isRunning()).isFalse();
    }

    @Test
    void itCanBeStartedAgain() throws Exception {
        server.stop();
        server.start();

        peer.ping();
    }
}
