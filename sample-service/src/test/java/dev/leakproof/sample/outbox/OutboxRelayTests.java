package dev.leakproof.sample.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.sample.SampleTest;
import dev.leakproof.sample.StubPeer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.support.TransactionOperations;

@SampleTest
class OutboxRelayTests {

    private static final StubPeer peer = new StubPeer();

    // What is waited for takes milliseconds; the bound only has to outlast a busy machine.
    private static final Duration SOON = Duration.ofSeconds(60);

    @Autowired
    private Outbox outbox;

    @Autowired
    private TransactionOperations transactions;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Heartbeat peerPing;

    @Autowired
    @Qualifier("relay")
    private ManagedWorker relay;

    @DynamicPropertySource
    static void peerIsElsewhere(DynamicPropertyRegistry registry) {
        registry.add("sample.peer.url", peer::url);
        // Whoever runs into it on a busy machine delivers twice.
        registry.add("sample.peer.request-timeout", () -> "1m");
        registry.add("sample.peer.connect-timeout", () -> "1m");
    }

    @AfterAll
    static void closePeer() {
        peer.close();
    }

    @BeforeEach
    void reset() {
        peer.reset();
        await().atMost(SOON).until(() -> outbox.count().outstanding() == 0);
        // One that still waits for its restart would be taken for one that the next test causes.
        await().atMost(SOON).until(() -> relays().allMatch(worker -> worker.state() == NodeState.RUNNING));
        peer.reset();
    }

    @Test
    void aRefusedDeliveryIsTriedAgainUntilItIsTaken() {
        peer.refuse(call -> true);
        List<String> ids = accept("refused", 30);
        await().atMost(SOON).until(() -> attempts("refused-0") >= 2);
        assertThat(peer.taken()).isEmpty();
        assertThat(outbox.count().outstanding()).isEqualTo(30);

        peer.refuse(call -> false);

        awaitTaken(ids);
    }

    @Test
    void whileThePeerIsDownTheRelaysBackOff() {
        peer.refuse(call -> true);
        List<String> ids = accept("outage", 30);
        long restarts = restarts();

        // Far more often than a restart policy takes by default.
        await().atMost(SOON).until(() -> restarts() >= restarts + 40);
        await().atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> relays().anyMatch(worker -> worker.state() == NodeState.BACKING_OFF));
        assertThat(outbox.count().outstanding()).isEqualTo(30);

        peer.refuse(call -> false);
        awaitTaken(ids);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneThatIsRefusedForEverDoesNotHoldUpTheOthers(boolean peerIsWell) {
        String poison = peerIsWell ? "rejected-7" : "poison-7";
        if (peerIsWell) {
            peer.reject(poison::equals);
        } else {
            peer.refuse(poison::equals);
        }
        long restarts = restarts();
        List<String> ids = accept(peerIsWell ? "rejected" : "poison", 50);

        awaitTaken(ids.stream().filter(id -> !id.equals(poison)).toList());
        await().atMost(SOON).until(() -> attempts(poison) >= 3);

        assertThat(outbox.isOutstanding(poison)).isTrue();
        if (peerIsWell) {
            assertThat(restarts())
                    .as("a peer that answers is no reason to back off")
                    .isEqualTo(restarts);
        } else {
            await().atMost(SOON).until(() -> restarts() > restarts);
        }
    }

    @Test
    void whileAllGoesWellNothingIsDeliveredTwice() {
        List<String> ids = accept("once", 300);

        awaitTaken(ids);

        assertThat(peer.taken()).hasSize(300);
    }

    @Test
    void theHeartbeatNoticesThatThePeerIsDown() {
        peer.refuse("/ping"::equals);
        await().atMost(SOON).until(() -> peerPing.consecutiveFailures() >= 2);
        assertThat(peerPing.lastFailure().orElseThrow()).hasMessageContaining("503");

        peer.refuse(call -> false);

        await().atMost(SOON).until(() -> peerPing.consecutiveFailures() == 0);
    }

    private Stream<NodeSnapshot> relays() {
        return relay.snapshot().children().stream();
    }

    private long restarts() {
        return relays().mapToLong(NodeSnapshot::restarts).sum();
    }

    private int attempts(String id) {
        return jdbc.sql("select attempts from outbox where order_id = ?")
                .param(id)
                .query(Integer.class)
                .single();
    }

    private List<String> accept(String prefix, int count) {
        List<String> ids =
                IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
        transactions.executeWithoutResult(transaction -> ids.forEach(id -> {
            jdbc.sql("insert into orders (id, customer, sku, quantity) values (?, 'c', 'A', 1)")
                    .param(id)
                    .update();
            outbox.add(id, "{}");
        }));
        return ids;
    }

    private void awaitTaken(List<String> ids) {
        await().atMost(SOON).until(() -> ids.stream().noneMatch(outbox::isOutstanding));
        assertThat(Set.copyOf(peer.taken())).containsAll(ids);
    }
}
