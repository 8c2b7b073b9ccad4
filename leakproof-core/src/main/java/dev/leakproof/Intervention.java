package dev.leakproof;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Something that another thread may do to a call in progress, at most once. When the call is over it has either been done
 * or never will be, so that it cannot hit what comes after.
 */
abstract class Intervention {

    private static final int READY = 0;
    private static final int BEGUN = 1;
    private static final int DONE = 2;
    private static final int CALLED_OFF = 3;

    private final AtomicInteger stage = new AtomicInteger(READY);
    private final Thread caller = Thread.currentThread();

    /** Does it; on the other thread, and as a rule not for long: the end of the call waits for it. */
    abstract void act();

    /** Returns the thread of the call: the one that made this. */
    final Thread caller() {
        return caller;
    }

    /** Does it unless it was done or called off. */
    final void perform() {
        if (stage.compareAndSet(READY, BEGUN)) {
            try {
                act();
            } finally {
                stage.set(DONE);
                LockSupport.unpark(caller);
            }
        }
    }

    /**
     * Sees to it that it is not under way after this; on the thread of the call. Waits where it has begun, without
     * regard to interrupts.
     */
    final void callOff() {
        if (stage.compareAndSet(READY, CALLED_OFF)) {
            return;
        }
        boolean interrupted = false;
        while (stage.get() == BEGUN) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            caller.interrupt();
        }
    }
}
