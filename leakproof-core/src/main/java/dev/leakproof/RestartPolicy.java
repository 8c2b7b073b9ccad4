package dev.leakproof;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a looping worker is started again, how long after, and how often at most.
 *
 * <p>A restart waits for the backoff: {@code initialBackoff}, times {@code factor} for each further restart, up to {@code
 * maxBackoff}, more or less by {@code jitter}. A worker that has run for as long as the window begins anew. More than
 * {@code maxRestarts} within the window are too many: the worker has failed, and {@code escalation} says what follows.
 * The terms are those of the supervisors of Erlang/OTP.
 *
 * @param mode after which ends it is started again
 * @param initialBackoff before the first restart
 * @param maxBackoff the longest backoff
 * @param factor by which the backoff grows, at least 1
 * @param jitter the share of the backoff by which it varies at random, from 0 to 1
 * @param maxRestarts the most restarts within the window, 0 or more
 * @param window the time in which restarts are counted
 * @param escalation what follows when they are too many
 */
public record RestartPolicy(
        Mode mode,
        Duration initialBackoff,
        Duration maxBackoff,
        double factor,
        double jitter,
        int maxRestarts,
        Duration window,
        Escalation escalation) {

    /** After which ends a worker is started again. */
    public enum Mode {
        /** After none. */
        NEVER,
        /** After a failure. */
        ON_FAILURE,
        /** After a failure, and also if its body returns by itself. */
        ALWAYS
    }

    /**
     * Checks its parts.
     *
     * @throws IllegalArgumentException if one makes no sense
     */
    public RestartPolicy {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(escalation, "escalation");
        Durations.positive("'initialBackoff' of a restart policy", initialBackoff);
        Durations.positive("'maxBackoff' of a restart policy", maxBackoff);
        Durations.positive("'window' of a restart policy", window);
        if (initialBackoff.compareTo(maxBackoff) > 0) {
            throw new IllegalArgumentException("'initialBackoff' of a restart policy must not be longer than"
                    + " 'maxBackoff', but was " + Durations.format(initialBackoff) + " and "
                    + Durations.format(maxBackoff));
        }
        if (!(factor >= 1 && factor <= 1000)) {
            throw new IllegalArgumentException(
                    "'factor' of a restart policy must be from 1 to 1000, but was " + factor);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("'jitter' of a restart policy must be from 0 to 1, but was " + jitter);
        }
        if (maxRestarts < 0) {
            throw new IllegalArgumentException(
                    "'maxRestarts' of a restart policy must be 0 or more, but was " + maxRestarts);
        }
    }

    /** Never starts it again. */
    public static RestartPolicy never() {
        return of(Mode.NEVER);
    }

    /**
     * Starts it again after a failure, which is the default of a looping worker: 1 s later, twice as long each time up to
     * 30 s, give or take a fifth, at most 5 times in a minute, no escalation.
     */
    public static RestartPolicy onFailure() {
        return of(Mode.ON_FAILURE);
    }

    /** Starts it again whenever it ends by itself, otherwise as {@link #onFailure}. */
    public static RestartPolicy always() {
        return of(Mode.ALWAYS);
    }

    /** Returns this policy with other backoffs; the same twice for a constant one. */
    public RestartPolicy backoff(Duration initial, Duration longest) {
        return new RestartPolicy(mode, initial, longest, factor, jitter, maxRestarts, window, escalation);
    }

    /** Returns this policy with another growth of the backoff, at least 1. */
    public RestartPolicy factor(double newFactor) {
        return new RestartPolicy(mode, initialBackoff, maxBackoff, newFactor, jitter, maxRestarts, window, escalation);
    }

    /** Returns this policy with another jitter, from 0 to 1. */
    public RestartPolicy jitter(double newJitter) {
        return new RestartPolicy(mode, initialBackoff, maxBackoff, factor, newJitter, maxRestarts, window, escalation);
    }

    /** Returns this policy with another intensity: at most that many restarts within that time. */
    public RestartPolicy intensity(int restarts, Duration within) {
        return new RestartPolicy(mode, initialBackoff, maxBackoff, factor, jitter, restarts, within, escalation);
    }

    /** Returns this policy with another escalation. */
    public RestartPolicy escalation(Escalation newEscalation) {
        return new RestartPolicy(mode, initialBackoff, maxBackoff, factor, jitter, maxRestarts, window, newEscalation);
    }

    /** Returns the backoff before a restart that follows {@code before} others. */
    Duration backoffAfter(int before) {
        double longest = (double) maxBackoff.toNanos();
        double grown = Math.min(initialBackoff.toNanos() * Math.pow(factor, Math.min(before, 1_000)), longest);
        double varied =
                jitter == 0 ? grown : grown * ThreadLocalRandom.current().nextDouble(1 - jitter, 1 + jitter);
        return Duration.ofNanos((long) Math.min(varied, longest));
    }

    private static RestartPolicy of(Mode mode) {
        return new RestartPolicy(
                mode, Duration.ofSeconds(1), Duration.ofSeconds(30), 2, 0.2, 5, Duration.ofMinutes(1), Escalation.NONE);
    }
}
