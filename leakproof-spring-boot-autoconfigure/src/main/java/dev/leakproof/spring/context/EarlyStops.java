package dev.leakproof.spring.context;

import dev.leakproof.TreeNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * What stops in a phase of its own, before the tree does: there is one lifecycle for each such phase, however many nodes
 * it has.
 *
 * <p>Safe for use by many threads.
 */
final class EarlyStops {

    private final ConfigurableListableBeanFactory beanFactory;
    private final Map<Integer, List<TreeNode>> nodes = new TreeMap<>();
    private final Map<Integer, TreeLifecycle> lifecycles = new TreeMap<>();
    private @Nullable UnaryOperator<Duration> bound;

    /** Creates one that registers its lifecycles with {@code beanFactory}. */
    EarlyStops(ConfigurableListableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    /** Has {@code node} stop in {@code phase}. */
    synchronized void add(int phase, TreeNode node) {
        nodes.computeIfAbsent(phase, key -> new ArrayList<>()).add(node);
        if (bound != null) {
            register(phase, bound);
        }
    }

    synchronized void remove(TreeNode node) {
        for (List<TreeNode> sharing : nodes.values()) {
            sharing.remove(node);
        }
    }

    /**
     * Registers the lifecycles, of these phases and of those yet to come.
     *
     * @param treePhase the phase of the whole tree, before which they have to be
     * @param bound shortens a stop timeout to what the shutdown has left
     * @throws InvalidWorkerException if a phase comes too late to be early
     */
    synchronized void open(int treePhase, UnaryOperator<Duration> bound) {
        for (Map.Entry<Integer, List<TreeNode>> early : nodes.entrySet()) {
            List<TreeNode> sharing = early.getValue();
            if (early.getKey() <= treePhase && !sharing.isEmpty()) {
                throw new InvalidWorkerException(
                        sharing.get(0) + " is to stop in phase " + early.getKey()
                                + ", but the whole tree stops before, in phase " + treePhase + ".",
                        "Give @StopPhase a value above leakproof.shutdown.phase, or leave it out.");
            }
        }
        this.bound = bound;
        for (int phase : nodes.keySet()) {
            register(phase, bound);
        }
    }

    /** Returns the most they can take, one phase after the other. */
    synchronized Duration longest() {
        Duration all = Duration.ZERO;
        for (List<TreeNode> sharing : nodes.values()) {
            Duration longest = Duration.ZERO;
            for (TreeNode node : sharing) {
                Duration timeout = node.snapshot().stopTimeout();
                longest = timeout.compareTo(longest) > 0 ? timeout : longest;
            }
            all = all.plus(longest);
        }
        return all;
    }

    private void register(int phase, UnaryOperator<Duration> limit) {
        if (!lifecycles.containsKey(phase)) {
            TreeLifecycle lifecycle = new TreeLifecycle(phase, () -> {}, () -> stop(phase, limit));
            lifecycle.start(); // what it stops is running, or about to be
            lifecycles.put(phase, lifecycle);
            beanFactory.registerSingleton("leakproofEarlyDrainer" + phase, lifecycle);
        }
    }

    /** All of a phase wind down at once. */
    private void stop(int phase, UnaryOperator<Duration> limit) {
        List<TreeNode> sharing;
        synchronized (this) {
            sharing = List.copyOf(nodes.getOrDefault(phase, List.of()));
        }
        sharing.forEach(TreeNode::cancel);
        sharing.forEach(node -> node.stop(limit.apply(node.snapshot().stopTimeout())));
    }
}
