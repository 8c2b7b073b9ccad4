package dev.leakproof.test.builds;

import dev.leakproof.test.LeakCheck;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Leaks from a callback of the class, and has a test that fails the first time: the class is run again. */
@LeakCheck(scope = LeakCheck.Scope.CLASS)
class OnceInClassFixture {

    private static final AtomicBoolean first = new AtomicBoolean(true);

    @BeforeAll
    static void leak() {
        if (first.get()) {
            LeakyFixture.start("left-by-class");
        }
    }

    @Test
    void failsOnce() {
        if (first.getAndSet(false)) {
            throw new AssertionError("the first time");
        }
    }
}
