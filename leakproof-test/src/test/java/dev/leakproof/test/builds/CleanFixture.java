package dev.leakproof.test.builds;

import org.junit.jupiter.api.Test;

class CleanFixture {

    @Test
    void leavesNothing() throws InterruptedException {
        Thread thread = new Thread(() -> {});
        thread.start();
        thread.join();
    }
}
