package dev.leakproof;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the bodies of a soak write down themselves, on entering and in their {@code finally}, and what must hold of it at
 * any time. Nothing here is taken from leakproof's own events or reports.
 */
final class SoakLedger {

    /** No reader needs more, and a soak that goes wrong goes wrong often. */
    private static final int MOST_VIOLATIONS = 50;

    /**
     * One body that is at work.
     *
     * @param work which work that is: the same is never at work twice
     * @param leaks whether it outlives its stop on purpose
     */
    record Entry(long number, Node node, Object work, boolean leaks) {}

    private final AtomicLong entered = new AtomicLong();
    private final Map<Object, Entry> atWork = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong checks = new AtomicLong();

    /** Whether nothing fails or is stopped but by the one stop that is looked at. */
    private volatile boolean calm;

    Entry enter(Node node, Object work, boolean leaks) {
        Entry entry = new Entry(entered.incrementAndGet(), node, work, leaks);
        if (atWork.putIfAbsent(work, entry) != null) {
            violate(node + " runs beside itself");
        }
        noOrphan(entry, "begins");
        return entry;
    }

    void leave(Entry entry) {
        noOrphan(entry, "ends");
        atWork.remove(entry.work, entry);
    }

    /** All that a body belongs to lives as long as it does: so nothing is declared done before its children. */
    private void noOrphan(Entry entry, String what) {
        checks.incrementAndGet();
        for (Node above = entry.leaks ? null : entry.node; above != null; above = above.parent()) {
            if (!above.state().isLive()) {
                violate(entry.node + " " + what + " though " + above + " is " + above.state());
            }
        }
    }

    /** The stop signal has come to a body that began in the calm: after it came to all above. */
    void signalled(Node node, @Nullable WorkerContext host) {
        checks.incrementAndGet();
        for (Node above = node; above != null; above = above.parent()) {
            Incarnation incarnation = above.current();
            if (incarnation == null || !incarnation.isStopping()) {
                violate(node + " is signalled before " + above);
            }
        }
        if (host != null && !host.isStopping()) {
            violate("a fork in " + node + " is signalled before what it was forked in");
        }
    }

    /** Returns what tells the bodies that are at work now from later ones. */
    long mark() {
        return entered.get();
    }

    /** Whoever was at work below {@code node} before has run its {@code finally}. */
    void allLeft(Node node, long mark, String after) {
        checks.incrementAndGet();
        for (Entry entry : atWork.values()) {
            if (entry.number <= mark && !entry.leaks && isBelow(entry.node, node)) {
                violate(entry.node + " is still at work after " + after + " of " + node + " has returned");
            }
        }
    }

    /** A group has been closed: none of its forks is at work any more. */
    void forksLeft(String group, int atWorkStill) {
        checks.incrementAndGet();
        if (atWorkStill != 0) {
            violate(atWorkStill + " forks of " + group + " are at work after its close");
        }
    }

    private static boolean isBelow(Node node, Node top) {
        Node above = node;
        while (above != null && above != top) {
            above = above.parent();
        }
        return above != null;
    }

    void violate(String what) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(what);
        }
    }

    void calm(boolean isCalm) {
        calm = isCalm;
    }

    boolean isCalm() {
        return calm;
    }

    List<Entry> atWork() {
        return List.copyOf(atWork.values());
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    long checks() {
        return checks.get();
    }
}
