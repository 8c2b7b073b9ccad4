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

    /** Returns how many keys there are, and how many deliveries were repeats. */
    public Counts count() {
        return jdbc.sql("select count(*) as effects, coalesce(sum(repeats), 0) as repeats from peer_effects")
                .query(Counts.class)
                .single();
    }

    public record Counts(long effects, long repeats) {}
}
