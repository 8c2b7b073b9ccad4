package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The databases that the service uses. */
class DatabaseTests {

    private static final int WRITERS = 4;

    @TempDir
    private Path directory;

    /**
     * Workers that do not finish in time are interrupted, and some will be writing just then. The database may give up, and
     * say so; but it must neither spin for ever nor forget.
     */
    @ParameterizedTest
    @EnumSource
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // takes seconds on a busy machine
    void whatAnInterruptedWriterWasToldIsWrittenIsThereAfterARestart(TestDatabase kind) throws Exception {
        String[] database = kind == TestDatabase.H2 ? inAFile() : at(kind.create());
        Queue<String> written = new ConcurrentLinkedQueue<>();
        try (ConfigurableApplicationContext context = start(database)) {
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

        try (ConfigurableApplicationContext context = start(database)) {
            assertThat(context.getBean(JdbcClient.class)
                            .sql("select id from orders")
                            .query(String.class)
                            .list())
                    .isNotEmpty()
                    .containsAll(written);
        }
    }

    /** The default. */
    private String[] inAFile() {
        return new String[] {"--sample.peer.port=0", "--sample.data-dir=" + directory};
    }

    private static String[] at(TestDatabase.Address address) {
        return new String[] {
            "--sample.peer.port=0",
            "--spring.profiles.active=postgres",
            "--spring.datasource.url=" + address.url(),
            "--spring.datasource.username=" + address.username(),
            "--spring.datasource.password=" + address.password()
        };
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(SampleServiceApplication.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
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
