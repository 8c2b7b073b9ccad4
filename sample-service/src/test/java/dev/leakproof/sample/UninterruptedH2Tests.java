package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UninterruptedH2Tests {

    @Test
    void poolStillWaitsAtItsEndForAConnectionThatIsBeingMade(@TempDir Path directory) throws SQLException {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl("jdbc:h2:async:" + directory.resolve("data"));
            new UninterruptedH2().postProcessBeforeInitialization(pool, "dataSource");
            pool.getConnection().close();

            assertThat(pool.getDataSource().getLoginTimeout())
                    .as("the seconds that it waits, and else warns at once")
                    .isPositive();
        }
    }
}
