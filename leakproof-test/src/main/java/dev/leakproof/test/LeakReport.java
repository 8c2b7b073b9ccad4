package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Leaks in words. Threads that do the same are told as one; groups, frames and names are bounded. */
final class LeakReport {

    private static final int MOST_GROUPS = 20;
    private static final int MOST_FRAMES = 40;

    private LeakReport() {}

    /** @param where what they outlived, such as {@code OrderTest.relays()} */
    static String of(List<ThreadLeak> leaks, String where) {
        StringBuilder text = new StringBuilder();
        text.append(leaks.size() == 1 ? "1 thread has" : leaks.size() + " threads have")
                .append(" outlived ")
                .append(where)
                .append(':');
        List<List<ThreadLeak>> groups = groups(leaks);
        for (int i = 0; i < Math.min(groups.size(), MOST_GROUPS); i++) {
            describe(groups.get(i), i + 1, text);
        }
        if (groups.size() > MOST_GROUPS) {
            int rest = groups.stream().skip(MOST_GROUPS).mapToInt(List::size).sum();
            text.append("\n  ... and ").append(rest).append(" more, doing other things");
        }
        return text.toString();
    }

    /** Virtual threads by stack; each platform thread for itself. */
    private static List<List<ThreadLeak>> groups(List<ThreadLeak> leaks) {
        Map<Object, List<ThreadLeak>> groups = new LinkedHashMap<>();
        for (ThreadLeak leak : leaks) {
            LiveThread thread = leak.thread();
            Object key = thread.virtual() ? thread.stack() : thread.id();
            groups.computeIfAbsent(key, unused -> new ArrayList<>()).add(leak);
        }
        return List.copyOf(groups.values());
    }

    private static void describe(List<ThreadLeak> group, int number, StringBuilder text) {
        ThreadLeak leak = group.get(0);
        LiveThread thread = leak.thread();
        text.append("\n  ").append(number).append(". ");
        if (group.size() > 1) {
            text.append(group.size()).append(" virtual threads with one stack, such as ");
        }
        text.append(thread);
        add(text, "in the group ", thread.group());
        add(text, "in ", thread.container());
        add(text, "owned by ", thread.owner());
        add(text, "made during ", String.join(" or ", leak.during()));
        add(text, "started by ", leak.creator());
        add(text, "waits for ", thread.waitsFor());
        if (leak.survivedInterrupt() != null) {
            add(text, "", leak.survivedInterrupt() ? "survived an interrupt" : "ended when interrupted");
        }
        add(text, "to end it: ", leak.remedy());
        thread.stack().stream()
                .limit(MOST_FRAMES)
                .forEach(frame -> text.append("\n       at ").append(Frames.format(frame)));
        if (thread.stack().isEmpty()) {
            text.append("\n       (no Java frame: it was starting, ending, or runs native code)");
        } else if (thread.stack().size() > MOST_FRAMES) {
            text.append("\n       ... ")
                    .append(thread.stack().size() - MOST_FRAMES)
                    .append(" more");
        }
    }

    private static void add(StringBuilder text, String before, @org.jspecify.annotations.Nullable String detail) {
        if (detail != null && !detail.isEmpty()) {
            text.append("\n     ").append(before).append(detail);
        }
    }
}
