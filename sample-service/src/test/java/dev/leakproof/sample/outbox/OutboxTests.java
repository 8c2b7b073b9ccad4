package dev.leakproof.sample.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.sample.TestDatabase;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class OutboxTests {

    private final HikariDataSource database = kind().create().openMigrated();
    private final JdbcClient jdbc = JdbcClient.create(database);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(database));
    private final Outbox outbox = new Outbox(jdbc);

    TestDatabase kind() {
        return TestDatabase.H2;
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void rowsAreTakenInTheOrderInWhichTheyCame() {
        add(5);

        assertThat(outbox.takeDue(3)).extracting(Outbox.Entry::orderId).containsExactly("o-0", "o-1", "o-2");
    }

    @Test
    void whatOneTransactionHasTakenAnotherPassesBy() {
        add(5);
        TransactionTemplate another = new TransactionTemplate(new JdbcTransactionManager(database));
        another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        transaction.executeWithoutResult(first -> {
            assertThat(outbox.takeDue(3)).hasSize(3);
            another.executeWithoutResult(second -> assertThat(outbox.takeDue(3))
                    .extracting(Outbox.Entry::orderId)
                    .containsExactly("o-3", "o-4"));
        });
    }

    @Test
    void whatWasTakenIsFreeAgainAfterARollback() {
        add(1);
        transaction.executeWithoutResult(status -> {
            assertThat(outbox.takeDue(1)).hasSize(1);
            status.setRollbackOnly();
        });

        assertThat(outbox.takeDue(1)).hasSize(1);
    }

    @Test
    void aDeferredRowIsNotDueBeforeItsTime() {
        add(1);
        Outbox.Entry entry = outbox.takeDue(1).get(0);

        outbox.defer(entry, Duration.ofHours(1));
        assertThat(outbox.takeDue(1)).isEmpty();
        assertThat(outbox.isOutstanding("o-0")).isTrue();

        outbox.defer(entry, Duration.ZERO);
        assertThat(outbox.takeDue(1))
                .singleElement()
                .extracting(Outbox.Entry::attempts)
                .isEqualTo(2);
    }

    @Test
    void whatIsRemovedIsNoLongerOutstanding() {
        add(3);

        outbox.remove(outbox.takeDue(1).get(0));

        assertThat(outbox.isOutstanding("o-0")).isFalse();
        assertThat(outbox.count()).isEqualTo(new Outbox.Counts(3, 2));
    }

    @Test
    void anOrderHasOneRow() {
        add(1);

        assertThatThrownBy(() -> outbox.add("o-0", "{}")).isInstanceOf(DuplicateKeyException.class);
    }

    @Test
    void theWaitDoublesWithEachFailureUpToItsLongest() {
        OutboxProperties properties = new OutboxProperties(
                4,
                10,
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(2));

        assertThat(IntStream.of(1, 2, 3, 5, 6, 1_000).mapToObj(properties::retryDelayAfter))
                .containsExactly(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10));
    }

    private void add(int count) {
        IntStream.range(0, count).mapToObj(i -> "o-" + i).forEach(id -> {
            jdbc.sql("insert into orders (id, customer, sku, quantity) values (?, 'c', 'A', 1)")
                    .param(id)
                    .update();
            outbox.add(id, "{}");
        });
    }
}
