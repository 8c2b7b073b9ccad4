package dev.leakproof;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * When to look at which part of a stop next. All times are those of {@link System#nanoTime()}.
 *
 * <p>An entry whose time has changed is put on it once more, and what rings too early is passed over: so nothing has to be
 * found in it, and each of a thousand siblings, which have the same time, is added by one comparison.
 *
 * <p>Not safe for use by many threads: the tree's lock guards it.
 */
final class Agenda {

    private record Alarm(long at, StopEntry entry) {}

    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((a, b) -> Long.signum(a.at - b.at));

    /** Has {@code entry} come up at its next time: to be called after each change of that. */
    void put(StopEntry entry) {
        alarms.add(new Alarm(entry.next(), entry));
    }

    /** Takes out an entry for which something is due, or returns null. */
    @Nullable
    StopEntry takeDue(long now) {
        for (Alarm alarm = alarms.peek(); alarm != null && alarm.at - now <= 0; alarm = alarms.peek()) {
            alarms.remove();
            if (alarm.entry.next() - now <= 0) {
                return alarm.entry;
            }
        }
        return null;
    }

    /** Returns the nanoseconds until there may be something due, or Long.MAX_VALUE if there is nothing on it. */
    long nanosLeft() {
        Alarm alarm = alarms.peek();
        return alarm == null ? Long.MAX_VALUE : Math.max(0, alarm.at - System.nanoTime());
    }
}
