package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The database that the service uses by default. */
class DatabaseTests {

    private static final int WRITERS = 4;

    @TempDir
    private Path directory;

    /**
     * Workers that do not finish in time are interrupted, and some will be writing just then. H2 may give up, and say so;
     * but it must neither spin for ever nor forget.
     */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // takes seconds on a busy machine
    void whatAnInterruptedWriterWasToldIsWrittenIsThereAfterARestart() throws Exception {
        Queue<String> written = new ConcurrentLinkedQueue<>();
        try (ConfigurableApplicationContext context = start()) {
            JdbcClient jdbc = context.getBean(JdbcClient.class);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                String prefix = i + "-";
                writers.add(new Thread(() -> write(jdbc, prefix, written)));
            }
            writers.forEach(Thread::start);
            while (writers.stream().anyMatch(Thread::isAlive)) {
                writers.forEach(Thread::interrupt);
                writers.get(0).join(5);
            }
        }

        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(JdbcClient.class)
                            .sql("select id from orders")
                            .query(String.class)
                            .list())
                    .isNotEmpty()
                    .containsAll(written);
        }
    }

    private ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(SampleServiceApplication.class)
                .web(WebApplicationType.NONE)
                .run("--sample.data-dir=" + directory, "--sample.peer.port=0");
    }

    private static void write(JdbcClient jdbc, String prefix, Queue<String> written) {
        for (int i = 0; i < 200; i++) {
            try {
                jdbc.sql("insert into orders (id, customer, sku, quantity) values (?, 'c', 'A', 1)")
                        .param(prefix + i)
                        .update();
                written.add(prefix + i);
            } catch (DataAccessException e) {
                // It was not told so.
            }
            Thread.interrupted();
        }
    }
}
