package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Escalation;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;
import dev.leakproof.spring.context.RestartSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What holds for each worker that says nothing itself, nor through an owner that the application declares.
 *
 * @param stopMode What a worker does when it is told to stop.
 * @param stopTimeout Most that a worker gets to stop. By default what all of them together get.
 * @param threads Kind of thread on which workers run. By default 'virtual' where 'spring.threads.virtual.enabled' is set
 *     and the JVM has them, otherwise 'platform'.
 * @param restart After which ends a looping worker is started again.
 * @param backoff Time before the first restart, which doubles with each further one.
 * @param maxBackoff Longest time before a restart.
 * @param maxRestarts How many restarts within the restart window are not too many.
 * @param restartWindow Time within which restarts are counted.
 * @param escalation What follows when restarts are too many.
 */
record LeakproofDefaults(
        @Nullable StopMode stopMode,
        @Nullable Duration stopTimeout,
        @Nullable ThreadKind threads,
        RestartPolicy.@Nullable Mode restart,
        @Nullable Duration backoff,
        @Nullable Duration maxBackoff,
        @Nullable Integer maxRestarts,
        @Nullable Duration restartWindow,
        @Nullable Escalation escalation) {

    /** Rejects what no worker could have. */
    LeakproofDefaults {
        if (stopTimeout != null && (stopTimeout.isZero() || stopTimeout.isNegative())) {
            throw new IllegalArgumentException("leakproof.defaults.stop-timeout must be longer than zero, but was "
                    + stopTimeout + ": write for instance 5s");
        }
        over(restart, backoff, maxBackoff, maxRestarts, restartWindow, escalation);
    }

    /** Returns when a worker is started again that says nothing of it, or only a part. */
    RestartPolicy restartPolicy() {
        return over(restart, backoff, maxBackoff, maxRestarts, restartWindow, escalation);
    }

    private static RestartPolicy over(
            RestartPolicy.@Nullable Mode mode,
            @Nullable Duration backoff,
            @Nullable Duration maxBackoff,
            @Nullable Integer maxRestarts,
            @Nullable Duration window,
            @Nullable Escalation escalation) {
        return new RestartSettings(mode, backoff, maxBackoff, maxRestarts, window, escalation)
                .over(RestartPolicy.onFailure());
    }
}
