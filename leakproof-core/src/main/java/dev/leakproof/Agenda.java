package dev.leakproof;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * When to look at which part of a stop next. All times are those of {@link System#nanoTime()}.
 *
 * <p>An entry whose time has changed gets another alarm, and the one that it had is passed over: so nothing has to be found
 * in here, and each of a thousand siblings, which have the same time, is added by one comparison.
 *
 * <p>Not safe for use by many threads: the tree's lock guards it.
 */
final class Agenda {

    /** One entry's time: that of an entry on the agenda is its {@link StopEntry#alarm}. */
    static final class Alarm {

        private final long at;
        private final StopEntry entry;

        private Alarm(StopEntry entry) {
            this.at = entry.next();
            this.entry = entry;
        }
    }

    /** Of what has the same time, parents come first. */
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((a, b) -> {
        int order = Long.signum(a.at - b.at);
        return order != 0 ? order : Long.compare(a.entry.sequence, b.entry.sequence);
    });

    /** Has {@code entry} come up at its next time: to be called after each change of that. */
    void put(StopEntry entry) {
        Alarm known = entry.alarm;
        if (known == null || known.at != entry.next()) {
            Alarm alarm = new Alarm(entry);
            entry.alarm = alarm;
            alarms.add(alarm);
        }
    }

    /** Takes out an entry for which something is due, or returns null. */
    @Nullable
    StopEntry takeDue(long now) {
        for (Alarm alarm = alarms.peek(); alarm != null && alarm.at - now <= 0; alarm = alarms.peek()) {
            alarms.remove();
            StopEntry entry = alarm.entry;
            if (entry.alarm == alarm) {
                entry.alarm = null;
                return entry;
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
