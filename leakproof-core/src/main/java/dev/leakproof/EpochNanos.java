package dev.leakproof;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Moments of the wall clock as nanoseconds since 1970, for what changes with each run: a number in an old object is nothing
 * to a collection of young garbage, while each Instant would have to be found and copied. What is before 1678 or after 2261
 * becomes {@link Instant#MIN} or {@link Instant#MAX}.
 */
final class EpochNanos {

    /** No moment at all. */
    static final long NONE = Long.MIN_VALUE;

    private static final long EARLIEST = -Long.MAX_VALUE;
    private static final long LATEST = Long.MAX_VALUE;
    private static final long NANOS_A_SECOND = 1_000_000_000;
    private static final long MOST_SECONDS = LATEST / NANOS_A_SECOND;

    private EpochNanos() {}

    static long of(@Nullable Instant at) {
        if (at == null) {
            return NONE;
        }
        long seconds = at.getEpochSecond();
        if (Math.abs(seconds) >= MOST_SECONDS) {
            return seconds < 0 ? EARLIEST : LATEST;
        }
        return seconds * NANOS_A_SECOND + at.getNano();
    }

    static long plus(long epochNanos, long nanos) {
        long sum = epochNanos + nanos;
        return nanos > 0 && sum < epochNanos ? LATEST : sum;
    }

    static @Nullable Instant toInstant(long epochNanos) {
        if (epochNanos == NONE) {
            return null;
        }
        if (epochNanos == EARLIEST || epochNanos == LATEST) {
            return epochNanos < 0 ? Instant.MIN : Instant.MAX;
        }
        return Instant.ofEpochSecond(
                Math.floorDiv(epochNanos, NANOS_A_SECOND), Math.floorMod(epochNanos, NANOS_A_SECOND));
    }
}
