package dev.leakproof;

import java.time.Duration;

/** What {@link WorkerPool#submit} does while the queue is full. */
public final class OnFull {

    /** Waits for room. */
    public static final OnFull BLOCK = new OnFull(Long.MAX_VALUE, "BLOCK");

    /** Rejects the item at once. */
    public static final OnFull REJECT = new OnFull(0, "REJECT");

    private final long patienceNanos;
    private final String text;

    private OnFull(long patienceNanos, String text) {
        this.patienceNanos = patienceNanos;
        this.text = text;
    }

    /**
     * Waits for room so long, and rejects the item then.
     *
     * @param patience longer than zero
     */
    public static OnFull timeOut(Duration patience) {
        Durations.positive("The time to wait for room in a pool", patience);
        return new OnFull(patience.toNanos(), "TIME_OUT after " + Durations.format(patience));
    }

    long patienceNanos() {
        return patienceNanos;
    }

    @Override
    public String toString() {
        return text;
    }
}
