package dev.leakproof.sample.peer;

import dev.leakproof.sample.TestDatabase;

class PostgresEmbeddedPeerTests extends EmbeddedPeerTests {

    @Override
    TestDatabase kind() {
        return TestDatabase.POSTGRES;
    }
}
