package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A small piece of work that beats regularly: a ping, a lease renewal, a flush.
 *
 * <p>It is a periodic {@link ManagedWorker} and shares its mechanism: beats never overlap, those that come due during a
 * beat are skipped and counted, a beat that fails is recorded and the next one comes. The difference is in what it is
 * for: a heartbeat must have a period and cannot loop, and whoever watches it asks whether it is late. Where the work
 * matters more than its rhythm, use a worker.
 *
 * <p>Safe for use by many threads.
 */
public final class Heartbeat implements Managed, AutoCloseable {

    private final ManagedWorker worker;

    private final int failureThreshold;

    private Heartbeat(ManagedWorker worker, int failureThreshold) {
        this.worker = worker;
        this.failureThreshold = failureThreshold;
    }

    /**
     * Begins to build a heartbeat.
     *
     * @param name its part of the path, 1 to 64 letters, digits, dots, underscores or hyphens
     * @return a builder, to be ended with {@link Builder#beat}
     * @throws IllegalArgumentException if the name is not legal
     */
    public static Builder named(String name) {
        return new Builder(name, ManagedWorker.named(name).kind(NodeKind.HEARTBEAT));
    }

    @Override
    public ManagedWorker worker() {
        return worker;
    }

    /** Returns the last part of its path. */
    public String name() {
        return worker.name();
    }

    /** Returns how many beats have failed since the last that did not. */
    public int consecutiveFailures() {
        return worker.log().stats().consecutiveFailures();
    }

    /** Whether as many beats in a row have failed as its {@linkplain Builder#failureThreshold threshold} says. */
    public boolean isFailing() {
        return failureThreshold > 0 && consecutiveFailures() >= failureThreshold;
    }

    /** Returns why a beat failed last; kept after beats that did not. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(worker.log().stats().lastFailure());
    }

    /**
     * Returns when the next beat is due; in the past where one is left out because the one before hangs. Empty while it does
     * not run, and during a beat that the next is to follow after a delay.
     */
    public Optional<Instant> nextDue() {
        return Optional.ofNullable(worker.log().stats().nextDue());
    }

    /** Returns how many beats were left out because the one before was still at work. */
    public long skipped() {
        return worker.log().stats().skipped();
    }

    /** Stops it within its stop timeout; the same as {@code worker().close()}. */
    @Override
    public void close() {
        worker.close();
    }

    @Override
    public String toString() {
        return worker.toString();
    }

    /** Builds a {@link Heartbeat}. Not for use by many threads. */
    public static final class Builder {

        private final String name;
        private final ManagedWorker.Builder worker;
        private boolean paced;
        private int failureThreshold;

        private Builder(String name, ManagedWorker.Builder worker) {
            this.name = name;
            this.worker = worker;
        }

        /** Beats at a fixed rate. */
        public Builder every(Duration period) {
            worker.every(period);
            paced = true;
            return this;
        }

        /** Beats that long after the end of the beat before. */
        public Builder fixedDelay(Duration delay) {
            worker.fixedDelay(delay);
            paced = true;
            return this;
        }

        /** Sets how long after the start the first beat comes. By default it comes at once. */
        public Builder initialDelay(Duration initialDelay) {
            worker.initialDelay(initialDelay);
            return this;
        }

        /** Has each beat come up to that much later, at random. By default zero. */
        public Builder jitter(Duration jitter) {
            worker.jitter(jitter);
            return this;
        }

        /** Cancels and interrupts a beat that takes longer, and counts it as failed. By default none is. */
        public Builder timeout(@Nullable Duration timeout) {
            worker.timeout(timeout);
            return this;
        }

        /**
         * Has it count as {@linkplain Heartbeat#isFailing failing} once that many beats in a row have failed, which its
         * snapshots show as {@code failureThreshold} in their details. By default it never does.
         *
         * @throws IllegalArgumentException unless it is 1 or more
         */
        public Builder failureThreshold(int beats) {
            if (beats < 1) {
                throw new IllegalArgumentException(
                        "'failureThreshold' of '" + name + "' must be 1 or more, but was " + beats);
            }
            this.failureThreshold = beats;
            worker.details(() -> Map.of("failureThreshold", beats));
            return this;
        }

        /** Sets the owner that it asks for: a path below the root. By default the root. */
        public Builder ownedBy(@Nullable String ownerPath) {
            worker.ownedBy(ownerPath);
            return this;
        }

        /** Sets what names it in logs, metrics and properties. By default its name. */
        public Builder id(String id) {
            worker.id(id);
            return this;
        }

        /** Sets the line of code that is named as its origin. By default the line that called {@link #named}. */
        public Builder createdAt(String createdAt) {
            worker.createdAt(createdAt);
            return this;
        }

        /** Sets the kind of its threads. By default that of its owner. */
        public Builder threads(@Nullable ThreadKind threads) {
            worker.threads(threads);
            return this;
        }

        /** Sets what a beat does when told to stop. By default what its owner does. */
        public Builder stopMode(@Nullable StopMode stopMode) {
            worker.stopMode(stopMode);
            return this;
        }

        /** Sets the most it gets to stop. By default what its owner has. */
        public Builder stopTimeout(@Nullable Duration stopTimeout) {
            worker.stopTimeout(stopTimeout);
            return this;
        }

        /** Adds a hook that frees a beat from what ignores interrupts: see {@link WorkerContext#onUnblock}. */
        public Builder onUnblock(StopHook hook) {
            worker.onUnblock(hook);
            return this;
        }

        /**
         * Builds the heartbeat. It does not beat before an {@link Owner} starts it.
         *
         * @param body one beat, never null
         * @return the heartbeat
         * @throws IllegalArgumentException if it has no period
         */
        public Heartbeat beat(WorkerBody body) {
            Objects.requireNonNull(body, "The beat of '" + name + "' must not be null");
            if (!paced) {
                throw new IllegalArgumentException(
                        "The heartbeat '" + name + "' has no period: set one with every(...) or fixedDelay(...)");
            }
            return new Heartbeat(worker.run(body), failureThreshold);
        }
    }
}
