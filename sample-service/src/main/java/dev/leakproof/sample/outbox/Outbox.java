package dev.leakproof.sample.outbox;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The table of what the peer is yet to be told. A row leaves it when the peer has been. */
@Repository
public class Outbox {

    private final JdbcClient jdbc;

    Outbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Adds a row, due at once, as a part of the caller's transaction. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void add(String orderId, String payload) {
        jdbc.sql("insert into outbox (order_id, payload, due_at) values (?, ?, ?)")
                .params(orderId, payload, Timestamp.from(Instant.now()))
                .update();
    }

    /** Whether the peer has yet to be told of an order. */
    public boolean isOutstanding(String orderId) {
        return jdbc.sql("select count(*) from outbox where order_id = ?")
                        .param(orderId)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Takes rows that are due, oldest first. They are the caller's until its transaction ends; others pass them by.
     * Ordered by the primary key, because H2 locks every row that is due, not only those it returns, for any other order.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    List<Entry> takeDue(int limit) {
        return jdbc.sql("""
                        select id, order_id, payload, attempts from outbox
                        where due_at <= ? order by id limit ? for update skip locked""")
                .params(Timestamp.from(Instant.now()), limit)
                .query(Entry.class)
                .list();
    }

    void remove(Entry entry) {
        jdbc.sql("delete from outbox where id = ?").param(entry.id()).update();
    }

    void defer(Entry entry, Duration delay) {
        jdbc.sql("update outbox set due_at = ?, attempts = attempts + 1 where id = ?")
                .params(Timestamp.from(Instant.now().plus(delay)), entry.id())
                .update();
    }

    Counts count() {
        return jdbc.sql("select (select count(*) from orders) accepted, (select count(*) from outbox) outstanding")
                .query(Counts.class)
                .single();
    }

    /**
     * A row that is due.
     *
     * @param id its number
     * @param orderId the order that it is about, which is the key by which the peer knows it
     * @param payload what the peer is to be told
     * @param attempts how often that has failed
     */
    record Entry(long id, String orderId, String payload, int attempts) {}

    record Counts(long accepted, long outstanding) {}
}
