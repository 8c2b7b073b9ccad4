package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.StopReport.Outcome;
import dev.leakproof.StopStage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A statement that takes for ever; no interrupt ends it. */
class StuckStatementTests {

    private static final Duration SHORT = Duration.ofMillis(600);

    // Enough for the unblock stage on a busy machine.
    private static final Duration LONG = Duration.ofSeconds(10);

    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final AtomicReference<Statement> running = new AtomicReference<>();

    private static String endless(TestDatabase kind) {
        return switch (kind) {
            case H2 -> "select count(*) from system_range(1, 10000000) a, system_range(1, 10000000) b";
            case POSTGRES -> "select pg_sleep(600)";
        };
    }

    private StopReport stopDuring(TestDatabase kind, HikariDataSource pool, boolean cancelling) {
        Owner app = Owner.named("app").stopTimeout(cancelling ? LONG : SHORT).build();
        app.start();
        app.start(ManagedWorker.named("query").run(ctx -> {
            thread.set(Thread.currentThread());
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                if (cancelling) {
                    ctx.onUnblock(statement::cancel);
                }
                running.set(statement);
                execute(statement, endless(kind));
            }
        }));
        await().atMost(Duration.ofSeconds(30)).until(() -> isInTheDriver() && isAtWork(kind, pool));
        StopReport report = app.stop();
        if (!cancelling) {
            release(app);
        }
        return report;
    }

    private static void execute(Statement statement, String sql) throws SQLException {
        statement.execute(sql);
    }

    private boolean isInTheDriver() {
        return running.get() != null
                && Arrays.stream(thread.get().getStackTrace())
                        .anyMatch(frame -> frame.getClassName().matches("org\\.(h2|postgresql)\\..*")
                                && frame.getMethodName().startsWith("execute"));
    }

    /** Before that there is nothing that could be cancelled. */
    private static boolean isAtWork(TestDatabase kind, HikariDataSource pool) throws SQLException {
        String statements = switch (kind) {
            case H2 -> "select executing_statement from information_schema.sessions";
            case POSTGRES -> "select query from pg_stat_activity where state = 'active'";
        };
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet running = statement.executeQuery(statements)) {
            boolean found = false;
            while (running.next()) {
                found |= endless(kind).equals(running.getString(1));
            }
            return found;
        }
    }

    private void release(Owner app) {
        try {
            running.get().cancel();
        } catch (SQLException ex) {
            throw new IllegalStateException(ex);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> app.find("app/query").orElseThrow().state() == NodeState.STOPPED);
    }

    @ParameterizedTest
    @EnumSource
    void oneThatNothingCancelsIsNamed(TestDatabase kind) {
        try (HikariDataSource pool = kind.create().open()) {
            assertThat(stopDuring(kind, pool, false).leaked())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.leak().last())
                            .extracting(StackTraceElement::getMethodName)
                            .contains("execute"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHookThatCancelsItEndsIt(TestDatabase kind) {
        try (HikariDataSource pool = kind.create().open()) {
            assertThat(stopDuring(kind, pool, true).entries())
                    .filteredOn(entry -> entry.path().equals("app/query"))
                    .singleElement()
                    .satisfies(entry -> {
                        assertThat(entry.outcome()).isEqualTo(Outcome.STOPPED);
                        assertThat(entry.stage()).isEqualTo(StopStage.UNBLOCK);
                    });
        }
    }
}
