package dev.leakproof.test.builds;

import org.junit.jupiter.api.Test;

class VoidFixture {

    @Test
    void doesNothing() {}
}
