package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of every managed node of a stopped subtree.
 *
 * @param path the node that was stopped
 * @param budget the time it was given
 * @param took the time it took
 * @param entries one for each node that was live, slowest first
 * @param notes what went wrong with the stop itself, such as a stop thread held up by a hook
 */
public record StopReport(String path, Duration budget, Duration took, List<Entry> entries, List<String> notes) {

    /** Copies its lists. */
    public StopReport {
        entries = List.copyOf(entries);
        notes = List.copyOf(notes);
    }

    /** How one node ended. */
    public enum Outcome {
        /** In time, as it should. */
        STOPPED,
        /** In time, by an exception or error. */
        FAILED,
        /** Not in time. */
        LEAKED,
        /** Not waited for, because the stop was called from inside it. */
        CALLER
    }

    /**
     * One node.
     *
     * @param path its path
     * @param kind what it is
     * @param outcome how it ended
     * @param stage how far the stop had to go with it
     * @param took from the start of the stop to its end or verdict
     * @param age from the start of this incarnation to its end or verdict
     * @param createdAt the line of code that built it
     * @param failure why it failed, or null
     * @param leak where it was stuck, for a leaked node that has a thread, or null
     * @param notes hooks that threw, hung or were skipped
     */
    public record Entry(
            String path,
            NodeKind kind,
            Outcome outcome,
            StopStage stage,
            Duration took,
            Duration age,
            String createdAt,
            @Nullable Throwable failure,
            @Nullable Leak leak,
            List<String> notes) {

        /** Copies its list. */
        public Entry {
            notes = List.copyOf(notes);
        }
    }

    /** Returns the entries of one outcome, slowest first. */
    public List<Entry> with(Outcome outcome) {
        List<Entry> some = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.outcome() == outcome) {
                some.add(entry);
            }
        }
        return List.copyOf(some);
    }

    /** Returns the entries that leaked, slowest first. */
    public List<Entry> leaked() {
        return with(Outcome.LEAKED);
    }

    /** Whether everything ended in time, failed or not. */
    public boolean isClean() {
        return leaked().isEmpty();
    }

    /** Returns the one line that closes a stop: {@code N stopped (F failed), M leaked in T of B}; F only if any did. */
    public String summary() {
        long leaked = leaked().size();
        long failed = with(Outcome.FAILED).size();
        long callers = with(Outcome.CALLER).size();
        StringBuilder line = new StringBuilder();
        line.append(entries.size() - leaked - callers).append(" stopped");
        if (failed > 0) {
            line.append(" (").append(failed).append(" failed)");
        }
        line.append(", ").append(leaked).append(" leaked");
        if (callers > 0) {
            line.append(", ").append(callers).append(" not awaited (called this stop)");
        }
        return line.append(" in ")
                .append(Durations.format(took))
                .append(" of ")
                .append(Durations.format(budget))
                .toString();
    }
}
