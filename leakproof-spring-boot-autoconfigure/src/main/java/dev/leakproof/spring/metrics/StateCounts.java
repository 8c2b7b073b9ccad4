package dev.leakproof.spring.metrics;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import java.util.EnumMap;
import java.util.Map;

/** Counts the nodes by state. One scrape asks for each state, so a count serves for a moment. */
final class StateCounts {

    private static final long MOMENT_NANOS = 100_000_000;

    private final Owner root;
    private final Map<NodeState, Integer> counts = new EnumMap<>(NodeState.class);
    private long leaks;
    private long countedNanos = System.nanoTime() - MOMENT_NANOS;

    StateCounts(Owner root) {
        this.root = root;
    }

    synchronized int of(NodeState state) {
        count();
        return counts.getOrDefault(state, 0);
    }

    /** Returns how many are leaked and have not ended since. */
    synchronized long leaks() {
        count();
        return leaks;
    }

    private void count() {
        long now = System.nanoTime();
        if (now - countedNanos >= MOMENT_NANOS) {
            counts.clear();
            leaks = 0;
            root.snapshot().all().filter(node -> node.kind() != NodeKind.OWNER).forEach(this::count);
            countedNanos = now;
        }
    }

    private void count(NodeSnapshot node) {
        counts.merge(node.state(), 1, Integer::sum);
        if (node.state() == NodeState.LEAKED && node.stops() < node.starts()) {
            leaks++;
        }
    }
}
