package dev.leakproof.sample;

import org.junit.jupiter.api.Tag;

/** On a PostgreSQL, which outlives the service. */
@Tag("slow")
class PostgresShutdownIT extends ShutdownContract {

    private final TestDatabase.Address database = TestDatabase.POSTGRES.create();

    @Override
    SampleProcess.Builder service() {
        return SampleProcess.in(directory)
                .property("spring.profiles.active", "postgres")
                .property("spring.datasource.url", database.url())
                .property("spring.datasource.username", database.username())
                .property("spring.datasource.password", database.password());
    }
}
