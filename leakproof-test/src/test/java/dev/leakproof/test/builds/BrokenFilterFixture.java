package dev.leakproof.test.builds;

import dev.leakproof.test.Allowance;
import dev.leakproof.test.Allowances;
import dev.leakproof.test.LeakCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeakCheck(allow = BrokenFilterFixture.Broken.class)
class BrokenFilterFixture {

    static class Broken implements Allowances {
        @Override
        public List<Allowance> allowances() {
            return List.of(Allowance.of(
                    live -> {
                        throw new IllegalStateException("filter out of order");
                    },
                    "meant well"));
        }
    }

    @Test
    void leaks() {
        LeakyFixture.start("left-behind-a-broken-filter");
    }
}
