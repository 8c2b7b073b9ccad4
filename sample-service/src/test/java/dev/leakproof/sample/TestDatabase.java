package dev.leakproof.sample;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.test.context.DynamicPropertyRegistry;

/** What the service keeps its data in. */
public enum TestDatabase {

    /** In memory. */
    H2 {
        @Override
        public Address create() {
            return new Address("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000", "sa", "");
        }
    },

    /** A real server, one for all tests of a JVM, started when the first asks for it. */
    POSTGRES {
        @Override
        public Address create() {
            String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
            try (Connection connection = Server.STARTED.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create database " + name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            // Whoever waits for a lock that a test holds would wait for ever; on a busy machine others hold one for
            // seconds.
            String url = Server.STARTED.getJdbcUrl("postgres", name) + "&options=-c%20lock_timeout=20s";
            return new Address(url, "postgres", "postgres");
        }
    };

    /** Returns a new database without any table. */
    public abstract Address create();

    /** Where a database is, and who may use it. */
    public record Address(String url, String username, String password) {

        /** Returns a pool of connections, to be closed. */
        public HikariDataSource open() {
            HikariDataSource pool = new HikariDataSource();
            pool.setJdbcUrl(url);
            pool.setUsername(username);
            pool.setPassword(password);
            return pool;
        }

        /** Returns a pool of connections, to be closed, to a database with all tables. */
        public HikariDataSource openMigrated() {
            HikariDataSource pool = open();
            Flyway.configure().dataSource(pool).load().migrate();
            return pool;
        }

        /** Has a test's service use it. */
        public void register(DynamicPropertyRegistry registry) {
            registry.add("spring.datasource.url", this::url);
            registry.add("spring.datasource.username", this::username);
            registry.add("spring.datasource.password", this::password);
        }
    }

    private static final class Server {

        // Seconds in life; the bound only has to outlast a busy machine.
        private static final Duration START_BOUND = Duration.ofSeconds(90);

        /** Ends with the JVM. */
        static final EmbeddedPostgres STARTED = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setPGStartupWait(START_BOUND).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
