package dev.leakproof.test.builds;

import dev.leakproof.test.LeakCheck;
import org.junit.jupiter.api.Test;

@LeakCheck
class FailingFixture {

    @Test
    void failsAndLeaks() throws InterruptedException {
        LeakyFixture.start("left-by-failing");
        Thread thread = new Thread(
                () -> {
                    throw new IllegalStateException("thrown in the background");
                },
                "background");
        thread.start();
        thread.join();
        throw new AssertionError("the assertion");
    }
}
