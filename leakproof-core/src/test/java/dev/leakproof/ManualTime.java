package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A time that stands still until a test moves it. */
public final class ManualTime implements TimeSource {

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private Instant now;
    private long nanoTime;

    /** Starts at 2026-01-01 with a nano time that is about to overflow, as the real one may. */
    public ManualTime() {
        this(
                Instant.parse("2026-01-01T00:00:00Z"),
                Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    }

    public ManualTime(Instant now, long nanoTime) {
        this.now = now;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized long nanoTime() {
        return nanoTime;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    /** Moves both clocks and tells the listeners. */
    public void advance(Duration by) {
        synchronized (this) {
            nanoTime += by.toNanos();
            now = now.plus(by);
        }
        listeners.forEach(Runnable::run);
    }

    /** Sets the wall clock only, as an administrator or a leap second does. */
    public void setNow(Instant now) {
        synchronized (this) {
            this.now = now;
        }
        listeners.forEach(Runnable::run);
    }

    /** Returns how many want to be told when it moves. */
    public int listeners() {
        return listeners.size();
    }

    @Override
    public Registration onAdvance(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
