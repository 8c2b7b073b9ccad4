package dev.leakproof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One stop of one subtree, which any number of threads may wait for. */
final class StopOperation {

    private final Node target;
    private final long start;
    private final Duration budget;
    private final long deadline;
    private final List<StopEntry> entries = new ArrayList<>();
    /** Those that were resolved when they were added, and so know nothing of this. Guarded by the tree's lock. */
    private final Set<StopEntry> resolvedBefore = new HashSet<>();

    private final AtomicInteger unresolved = new AtomicInteger();
    /** What called this stop from inside, and what owns that: those who do cannot wait for each other. */
    private final Set<StopEntry> callers = ConcurrentHashMap.newKeySet();

    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable StopReport report;
    private boolean logged;

    StopOperation(Node target, long start, Duration budget) {
        this.target = target;
        this.start = start;
        this.budget = budget;
        this.deadline = start + budget.toNanos();
    }

    Node target() {
        return target;
    }

    /** Called with the tree's lock held, parents first. */
    void add(StopEntry entry) {
        if (entry.isPartOf(this) || resolvedBefore.contains(entry)) {
            return;
        }
        entries.add(entry);
        unresolved.incrementAndGet();
        if (!entry.join(this)) {
            resolvedBefore.add(entry);
            oneResolved();
        }
    }

    /** Complete once {@code isDone}; before that, to be read with the tree's lock held. */
    List<StopEntry> entries() {
        return entries;
    }

    long deadline() {
        return deadline;
    }

    boolean hasWaiters() {
        return !waiting.isEmpty();
    }

    boolean isDone() {
        return unresolved.get() == 0;
    }

    /** Whether all is resolved but what the calling thread must not wait for. */
    boolean isDoneBut(Set<StopEntry> callers) {
        int open = unresolved.get();
        if (open == 0 || open > callers.size()) {
            return open == 0;
        }
        for (StopEntry caller : callers) {
            open -= caller.isResolved() ? 0 : 1;
        }
        return open == 0;
    }

    Set<StopEntry> callers() {
        return callers;
    }

    /** Called with the tree's lock held. */
    void addCaller(StopEntry entry) {
        if (callers.add(entry)) {
            wakeWaiters();
        }
    }

    void oneResolved() {
        // Not at each end: to wake one who has yet to wait costs more than the end did. Those who wait for all
        // but their own are told early and look again.
        if (unresolved.decrementAndGet() <= callers.size()) {
            wakeWaiters();
        }
    }

    private void wakeWaiters() {
        for (Thread waiter : waiting) {
            LockSupport.unpark(waiter);
        }
    }

    void enter(Thread waiter) {
        waiting.add(waiter);
    }

    void leave(Thread waiter) {
        waiting.remove(waiter);
    }

    /** Whether it is for the caller to log the report; true once. With the tree's lock held. */
    boolean claimLog() {
        boolean mine = !logged;
        logged = true;
        return mine;
    }

    /** Returns the report, the same for all who ask once everything is resolved. With the tree's lock held. */
    StopReport report() {
        StopReport done = report;
        if (done != null) {
            return done;
        }
        boolean complete = isDone();
        List<StopReport.Entry> reported = new ArrayList<>(entries.size());
        for (StopEntry entry : entries) {
            reported.add(entry.toReport());
        }
        reported.sort((a, b) -> b.took().compareTo(a.took()));
        done = new StopReport(target.path(), budget, Duration.ofNanos(System.nanoTime() - start), reported, List.of());
        if (complete) {
            report = done;
        }
        return done;
    }
}
