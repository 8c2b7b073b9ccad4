package dev.leakproof.cache;

import dev.leakproof.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * When a cache is looked after: not while nothing can expire, else when it was planned or asked for, whichever is first.
 * Asking is cheap, blocks nobody, and is done from within Caffeine; only the first of many wakes somebody.
 */
final class TickTrigger implements Trigger {

    private static final long AT_ONCE = Duration.ofMillis(1).toNanos();
    private static final long NEVER = Long.MAX_VALUE;

    private final Duration length;
    private final Runnable reschedule;

    /** How soon a look was asked for, in nanoseconds. */
    private final AtomicLong wish = new AtomicLong(NEVER);

    private @Nullable Duration planned;
    private @Nullable Instant due;

    /**
     * A tick that rests.
     *
     * @param length the time between two looks
     * @param reschedule has {@link #nextAfter} asked again
     */
    TickTrigger(Duration length, Runnable reschedule) {
        this.length = length;
        this.reschedule = reschedule;
    }

    Duration length() {
        return length;
    }

    void ask() {
        ask(length.toNanos());
    }

    void askAtOnce() {
        ask(AT_ONCE);
    }

    private void ask(long nanos) {
        if (wish.getAndAccumulate(nanos, Math::min) > nanos) {
            reschedule.run();
        }
    }

    /** A look begins: what was asked for before is about to be done. */
    void begin() {
        wish.set(NEVER);
    }

    /**
     * A look has ended.
     *
     * @param wait the time to the next, or null to rest; what was asked for since {@link #begin} may come before
     */
    void plan(@Nullable Duration wait) {
        synchronized (this) {
            planned = wait;
            due = null;
        }
        reschedule.run();
    }

    @Override
    public synchronized @Nullable Instant nextAfter(Instant after) {
        if (planned != null) {
            due = after.plus(planned);
            planned = null;
        }
        long asked = wish.get();
        if (asked != NEVER) {
            Instant soon = after.plusNanos(asked);
            if (due == null || !due.isAfter(after) || soon.isBefore(due)) {
                due = soon;
            }
        }
        // One that has come already: its look is about to begin, and plans the next.
        return due != null && due.isAfter(after) ? due : null;
    }

    @Override
    public String toString() {
        return "every " + length.toMillis() + "ms while entries expire";
    }
}
