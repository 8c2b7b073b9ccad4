package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * When a periodic worker runs.
 *
 * @param pace how the next run follows from the last
 * @param period the rate or delay; zero for a trigger
 * @param trigger for {@link Pace#TRIGGER}, else null
 * @param initialDelay before the first run
 * @param jitter each run comes up to that much later, at random
 */
record Schedule(Pace pace, Duration period, @Nullable Trigger trigger, Duration initialDelay, Duration jitter) {

    enum Pace {
        RATE,
        DELAY,
        TRIGGER
    }

    long jitterNanos() {
        return jitter.isZero() ? 0 : ThreadLocalRandom.current().nextLong(jitter.toNanos());
    }

    @Nullable
    Instant nextAfter(Instant now) {
        return trigger == null ? null : trigger.nextAfter(now);
    }

    @Override
    public String toString() {
        return switch (pace) {
            case RATE -> "every " + Durations.format(period);
            case DELAY -> Durations.format(period) + " after the last run";
            case TRIGGER -> String.valueOf(trigger);
        };
    }
}
