package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/** The database that the service uses by default. */
class DatabaseTests {

    private static final int WRITERS = 4;

    @TempDir
    private Path directory;

    /** Workers that do not finish in time are interrupted, and some will be writing just then. */
    @Test
    // Takes a second; without the file system that H2's address names, it does not end.
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void interruptedWritersDoNotTakeTheDatabaseWithThem() throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(SampleServiceApplication.class)
                .web(WebApplicationType.NONE)
                .run("--sample.data-dir=" + directory, "--sample.peer.port=0")) {
            JdbcClient jdbc = context.getBean(JdbcClient.class);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String prefix = i + "-";
                writers.add(new Thread(() -> write(jdbc, prefix)));
            }
            writers.forEach(Thread::start);
            while (writers.stream().anyMatch(Thread::isAlive)) {
                writers.forEach(Thread::interrupt);
                writers.get(0).join(5);
            }

            insert(jdbc, "after");

            assertThat(jdbc.sql("select count(*) from orders where id = 'after'")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    private static void write(JdbcClient jdbc, String prefix) {
        for (int i = 0; i < 100; i++) {
            try {
                insert(jdbc, prefix + i);
            } catch (DataAccessException | TransactionException e) {
                // An interrupted write may fail.
            }
            Thread.interrupted();
        }
    }

    private static void insert(JdbcClient jdbc, String id) {
        jdbc.sql("insert into orders (id, customer, sku, quantity) values (?, 'c', 'A', 1)")
                .param(id)
                .update();
    }
}
