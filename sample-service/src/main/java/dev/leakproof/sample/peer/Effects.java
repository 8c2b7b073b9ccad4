package dev.leakproof.sample.peer;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What has happened at the embedded peer: one row for each key, however often that was delivered. */
public class Effects {

    private final JdbcClient jdbc;

    Effects(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void record(String key, String payload) {
        try {
            jdbc.sql("insert into peer_effects (idempotency_key, payload) values (?, ?)")
                    .params(key, payload)
                    .update();
        } catch (DuplicateKeyException e) {
            jdbc.sql("update peer_effects set repeats = repeats + 1 where idempotency_key = ?")
                    .param(key)
                    .update();
        }
    }

    public Counts count() {
        return jdbc.sql("select count(*) as effects, coalesce(sum(repeats), 0) as repeats from peer_effects")
                .query(Counts.class)
                .single();
    }

    /**
     * What was delivered so far.
     *
     * @param effects different keys
     * @param repeats deliveries of a key that was known
     */
    public record Counts(long effects, long repeats) {}
}
