package dev.leakproof.spring.beans;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.Registration;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import dev.leakproof.cache.EvictingCache;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Remembers the nodes of a tree that have ended last while the tree itself runs, in a cache that belongs to it: there they
 * expire, and are gone when the tree stops.
 *
 * <p>Safe for use by many threads; nothing blocks.
 */
public final class NodeHistory implements TreeListener {

    /** What names its cache in logs, metrics and properties. */
    public static final String ID = "leakproof.history";

    private final Owner root;
    private final Registration listening;
    private final EvictingCache<Long, EndedNode> cache;
    private final int most;
    private long count;

    /**
     * Begins to listen to the tree below {@code root}.
     *
     * @param cache where it remembers them
     * @param most how many at most
     */
    public NodeHistory(Owner root, EvictingCache<Long, EndedNode> cache, int most) {
        this.root = root;
        this.cache = cache;
        this.most = most;
        this.listening = root.addListener(this);
    }

    /** Returns a cache for a history that forgets after {@code age}; it has a place in the tree, but no owner yet. */
    public static EvictingCache<Long, EndedNode> cache(Duration age) {
        return EvictingCache.<Long, EndedNode>named("history")
                .id(ID)
                .ownedBy("leakproof")
                .createdAt("leakproof")
                .expireAfterWrite(age)
                .build();
    }

    /** Returns those that are remembered, the last one first. */
    public List<EndedNode> ended() {
        if (cache.size() == 0) {
            return List.of(); // which takes no cache
        }
        return cache.caffeine().asMap().entrySet().stream()
                .sorted(Map.Entry.<Long, EndedNode>comparingByKey(Comparator.reverseOrder()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public void stopped(NodeSnapshot node) {
        remember(node, EndedNode.End.STOPPED);
    }

    @Override
    public void failed(NodeSnapshot node) {
        remember(node, EndedNode.End.FAILED);
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        remember(node, EndedNode.End.LEAKED);
    }

    @Override
    public void detached(NodeSnapshot node) {
        remember(node, EndedNode.End.DETACHED);
    }

    /** Hears of nothing more: where the tree is about to stop for good, nobody need take the trouble to tell of each end. */
    public void end() {
        listening.close();
    }

    /** By order rather than by the cache's own limit, which keeps what is asked for often and may drop the latest. */
    private synchronized void remember(NodeSnapshot node, EndedNode.End end) {
        if (root.state() == NodeState.RUNNING) {
            cache.put(count, EndedNode.of(node, end));
            cache.invalidate(count - most);
            count++;
        }
    }
}
