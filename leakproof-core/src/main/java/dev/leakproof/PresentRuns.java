package dev.leakproof;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The runs that are at work of some pacemakers, side by side and not each in its pacemaker.
 *
 * <p>A run is new, its pacemaker is old. Before a collector takes away what is young it looks through each piece of old
 * memory into which something young was written since, of 512 bytes with G1: a hundred thousand heartbeats were as many
 * pieces, and most of the time for which it held up all threads. Side by side they are few.
 *
 * <p>A place is taken once and not given back. All of them go with the last pacemaker that has one, and the tree holds on
 * to the newest.
 */
final class PresentRuns {

    /** As many references as are 512 bytes, where they are compressed. */
    private static final int PLACES = 128;

    private final AtomicReferenceArray<@Nullable Activity> runs = new AtomicReferenceArray<>(PLACES);

    /** Guarded by the tree's lock. */
    private int taken;

    boolean isFull() {
        return taken == PLACES;
    }

    /** Returns a place that nobody has had. Only where it is not full. */
    int take() {
        return taken++;
    }

    @Nullable
    Activity at(int place) {
        return runs.get(place);
    }

    void put(int place, Activity run) {
        runs.set(place, run);
    }

    /** Empties the place unless there is another by now. */
    void remove(int place, Activity run) {
        runs.compareAndSet(place, run, null);
    }
}
