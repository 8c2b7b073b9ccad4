package dev.leakproof.test.builds;

import dev.leakproof.test.LeakCheck;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Leaks the first time only, and that thread ends before the suite does: a rerun passes. */
@LeakCheck(grace = "50ms")
class OnceFixture {

    private static final AtomicBoolean first = new AtomicBoolean(true);
    private static final Object gone = new Object();
    private static volatile boolean released;

    @Test
    void leaksOnce() throws InterruptedException {
        if (first.getAndSet(false)) {
            Thread thread = new Thread(
                    () -> {
                        synchronized (gone) {
                            while (!released) {
                                try {
                                    gone.wait();
                                } catch (InterruptedException e) {
                                    return;
                                }
                            }
                        }
                    },
                    "left-once");
            thread.setDaemon(true);
            thread.start();
        } else {
            synchronized (gone) {
                released = true;
                gone.notifyAll();
            }
        }
    }
}
