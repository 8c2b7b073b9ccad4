package dev.leakproof;

import java.time.Duration;

/** Ends the time of a group; by the time of the tree. */
final class Deadline extends Tick {

    private final TaskGroup<?> group;
    private final Duration duration;
    private final Ticker ticker;
    private final long due;

    Deadline(TaskGroup<?> group, Duration duration) {
        this.group = group;
        this.duration = duration;
        this.ticker = group.tree().ticker();
        this.due = ticker.nanoTime() + duration.toNanos();
    }

    Duration duration() {
        return duration;
    }

    long nanosLeft() {
        return due - ticker.nanoTime();
    }

    void start() {
        ticker.schedule(this, due);
    }

    void cancel() {
        ticker.cancel(this);
    }

    @Override
    void fire(long nanoTime) {
        group.expire();
    }
}
