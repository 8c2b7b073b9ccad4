package dev.leakproof.test.builds;

import dev.leakproof.test.LeakCheck;
import org.junit.jupiter.api.Test;

@LeakCheck
class CheckedFixture {

    @Test
    void leaks() {
        LeakyFixture.start("left-by-checked");
    }
}
