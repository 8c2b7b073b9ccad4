package dev.leakproof;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for which nobody waits in line.
 *
 * <p>The line of a {@link ReentrantLock} is first come, first served. A virtual thread at its head that finds no free
 * carrier would keep a stop waiting though the lock is free. So whoever waits here leaves the line every millisecond and
 * tries its luck.
 */
final class TreeLock {

    private final ReentrantLock lock = new ReentrantLock();

    void lock() {
        boolean interrupted = false;
        while (!lock.tryLock()) {
            try {
                if (lock.tryLock(1, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void unlock() {
        lock.unlock();
    }
}
