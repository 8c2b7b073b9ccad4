package dev.leakproof;

import java.util.List;

/**
 * Where a leaked thread was, sampled twice shortly before the verdict.
 *
 * @param thread the name of the thread
 * @param virtual whether it is a virtual thread
 * @param threadState its state at the last sample
 * @param first the first stack, innermost frame first; empty if it could not be taken
 * @param last the last stack, innermost frame first; empty if it could not be taken
 */
public record Leak(
        String thread,
        boolean virtual,
        Thread.State threadState,
        List<StackTraceElement> first,
        List<StackTraceElement> last) {

    /** Copies its lists. */
    public Leak {
        first = List.copyOf(first);
        last = List.copyOf(last);
    }

    /** Whether both samples show the same frames: stuck on one line rather than slow. */
    public boolean isStuck() {
        return !last.isEmpty() && first.equals(last);
    }

    /** Returns the line it is stuck on: the innermost frame of the last sample that is not the JDK's, if any. */
    public String where() {
        return Stacks.where(last);
    }

    /** Returns the thread, whether it is stuck or slow, where, and its last stack, on several lines. */
    String describe() {
        StringBuilder text = new StringBuilder();
        text.append(virtual ? "virtual thread '" : "thread '")
                .append(NodeLog.oneLine(thread))
                .append("' is ")
                .append(threadState)
                .append(isStuck() ? ", stuck at " : ", moving, last at ")
                .append(where());
        last.forEach(frame -> text.append("\n    at ").append(Stacks.format(frame)));
        return text.toString();
    }
}
