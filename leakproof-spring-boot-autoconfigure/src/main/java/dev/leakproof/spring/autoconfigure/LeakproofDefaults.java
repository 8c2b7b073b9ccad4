package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Escalation;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;
import dev.leakproof.spring.context.RestartSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What holds for each worker that says nothing itself, nor through an owner that the application declares. */
final class LeakproofDefaults {

    /** What a worker does when it is told to stop. */
    private @Nullable StopMode stopMode;

    /** Most that a worker gets to stop. By default what all of them together get. */
    private @Nullable Duration stopTimeout;

    /**
     * Kind of thread on which workers run. By default 'virtual' where 'spring.threads.virtual.enabled' is set and the
     * JVM has them, otherwise 'platform'.
     */
    private @Nullable ThreadKind threads;

    /** After which ends a looping worker is started again. */
    private RestartPolicy.@Nullable Mode restart;

    /** Time before the first restart, which doubles with each further one. */
    private @Nullable Duration backoff;

    /** Longest time before a restart. */
    private @Nullable Duration maxBackoff;

    /** How many restarts within the restart window are not too many. */
    private @Nullable Integer maxRestarts;

    /** Time within which restarts are counted. */
    private @Nullable Duration restartWindow;

    /** What follows when restarts are too many. */
    private @Nullable Escalation escalation;

    public @Nullable StopMode getStopMode() {
        return stopMode;
    }

    public void setStopMode(@Nullable StopMode stopMode) {
        this.stopMode = stopMode;
    }

    public @Nullable Duration getStopTimeout() {
        return stopTimeout;
    }

    public void setStopTimeout(@Nullable Duration stopTimeout) {
        this.stopTimeout =
                stopTimeout == null ? null : Checks.positive("leakproof.defaults.stop-timeout", stopTimeout, "5s");
    }

    public @Nullable ThreadKind getThreads() {
        return threads;
    }

    public void setThreads(@Nullable ThreadKind threads) {
        this.threads = threads;
    }

    public RestartPolicy.@Nullable Mode getRestart() {
        return restart;
    }

    public void setRestart(RestartPolicy.@Nullable Mode restart) {
        this.restart = restart;
    }

    public @Nullable Duration getBackoff() {
        return backoff;
    }

    public void setBackoff(@Nullable Duration backoff) {
        this.backoff = backoff;
    }

    public @Nullable Duration getMaxBackoff() {
        return maxBackoff;
    }

    public void setMaxBackoff(@Nullable Duration maxBackoff) {
        this.maxBackoff = maxBackoff;
    }

    public @Nullable Integer getMaxRestarts() {
        return maxRestarts;
    }

    public void setMaxRestarts(@Nullable Integer maxRestarts) {
        this.maxRestarts = maxRestarts;
    }

    public @Nullable Duration getRestartWindow() {
        return restartWindow;
    }

    public void setRestartWindow(@Nullable Duration restartWindow) {
        this.restartWindow = restartWindow;
    }

    public @Nullable Escalation getEscalation() {
        return escalation;
    }

    public void setEscalation(@Nullable Escalation escalation) {
        this.escalation = escalation;
    }

    /**
     * Returns when a worker is started again that says nothing of it, or only a part.
     *
     * @throws IllegalArgumentException if no worker could have it
     */
    RestartPolicy restartPolicy() {
        return new RestartSettings(restart, backoff, maxBackoff, maxRestarts, restartWindow, escalation)
                .over(RestartPolicy.onFailure());
    }
}
