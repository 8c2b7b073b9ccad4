package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks and prints durations. */
final class Durations {

    /** Some 146 years: longer ones would overflow the nanosecond clock. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private Durations() {}

    static Duration positive(String what, @Nullable Duration duration) {
        if (duration == null || duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(
                    what + " must be longer than zero, but was " + describe(duration) + ", use for instance 5s");
        }
        return bounded(what, duration);
    }

    static Duration notNegative(String what, @Nullable Duration duration) {
        if (duration == null || duration.isNegative()) {
            throw new IllegalArgumentException(
                    what + " must be zero or longer, but was " + describe(duration) + ", use for instance 0s");
        }
        return bounded(what, duration);
    }

    private static Duration bounded(String what, Duration duration) {
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " must be less than 146 years, but was " + duration);
        }
        return duration;
    }

    private static String describe(@Nullable Duration duration) {
        return duration == null ? "null" : format(duration);
    }

    /** Prints to three digits, in the largest unit that fits: {@code 1.67s}, {@code 250ms}, {@code 5m}. */
    static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        if (duration.compareTo(Duration.ofMillis(1)) < 0) {
            return duration.isZero() ? "0s" : duration.toNanos() / 1000 + "µs";
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return duration.toMillis() + "ms";
        }
        if (duration.compareTo(Duration.ofMinutes(2)) < 0) {
            long hundredths = (duration.toMillis() + 5) / 10;
            long rest = hundredths % 100;
            String fraction = rest == 0 ? "" : rest % 10 == 0 ? "." + rest / 10 : rest < 10 ? ".0" + rest : "." + rest;
            return hundredths / 100 + fraction + "s";
        }
        return Duration.ofSeconds(duration.toSeconds()).toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
