package dev.leakproof.test.builds;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LeakyFixture {

    @Test
    void leaks() {
        start("left-by-fixture");
    }

    /** A daemon, or the JVM of the tests would not end. */
    static void start(String name) {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        LockSupport.park();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
