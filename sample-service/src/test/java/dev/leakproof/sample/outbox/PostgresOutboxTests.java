package dev.leakproof.sample.outbox;

import dev.leakproof.sample.TestDatabase;

class PostgresOutboxTests extends OutboxTests {

    @Override
    TestDatabase kind() {
        return TestDatabase.POSTGRES;
    }
}
