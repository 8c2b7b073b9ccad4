package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Something that comes due: one object for each periodic worker, deadline or backoff, scheduled at a {@link Ticker} as
 * often as needed. It is its own entry in the ticker's wheel, so scheduling allocates nothing. It belongs to one ticker.
 */
abstract class Tick {

    /** In no slot: never scheduled, cancelled, or firing. */
    private static final int IDLE = -1;
    /** In the ticker's hands, about to fire. */
    private static final int TAKEN = -2;

    private static final VarHandle SLOT;

    static {
        try {
            SLOT = MethodHandles.lookup().findVarHandle(Tick.class, "slot", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // The ticker's lock guards these; the only step without it is claim().
    /** The neighbours in its slot's circular list; itself when it is alone or in none. */
    Tick next = this;

    Tick previous = this;

    /** The quantum of the wheel's time in which it comes due. */
    long bucket;

    private int slot = IDLE;

    /**
     * Called when it is due, on the ticker's thread, with no lock held. It must neither block nor run a user's code.
     * What it throws is logged. It is idle by then and may be scheduled again.
     *
     * @param nanoTime the ticker's time, taken shortly before
     */
    abstract void fire(long nanoTime);

    final boolean isLinked() {
        return slot >= 0;
    }

    final int slot() {
        return slot;
    }

    final void linked(int slot) {
        this.slot = slot;
    }

    final void unlinked() {
        slot = IDLE;
    }

    final void taken() {
        slot = TAKEN;
    }

    /**
     * Decides between the ticker, which is about to fire it, and whoever cancels or reschedules it meanwhile: one of
     * them gets true.
     */
    final boolean claim() {
        return SLOT.compareAndSet(this, TAKEN, IDLE);
    }
}
