package dev.leakproof.test.builds;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class VirtualFixture {

    @Test
    void leaks() throws ReflectiveOperationException {
        Runnable hang = () -> {
            while (true) {
                LockSupport.park();
            }
        };
        for (int i = 0; i < 1_000; i++) {
            Thread thread = (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, hang);
            // Their stacks are to be the same.
            while (thread.getState() != Thread.State.WAITING) {
                Thread.yield();
            }
        }
    }
}
