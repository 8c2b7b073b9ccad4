package dev.leakproof;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The live threads of every tree in this JVM, and whose they are.
 *
 * <p>Nothing is kept up to date for it: each call walks the trees, about a microsecond a node. The trees are held weakly,
 * so one that its users have dropped and whose threads have ended can go.
 */
public final class LiveThreads {

    private static final Set<Tree> TREES = Collections.newSetFromMap(new WeakHashMap<>());

    private LiveThreads() {}

    /** Has the threads of {@code tree} found from now on; called as it starts. */
    static void include(Tree tree) {
        synchronized (TREES) {
            TREES.add(tree);
        }
    }

    /**
     * Returns the path of its owner for each live thread of every tree: of the worker whose body it runs, leaked ones
     * included, or of the root for a thread that serves the tree itself. Safe to call on any thread; never blocks for
     * longer than a moment.
     */
    public static Map<Thread, String> owners() {
        Map<Thread, String> owners = new HashMap<>();
        trees().forEach(tree -> tree.eachThread((thread, path) -> {
            if (thread.isAlive()) {
                owners.put(thread, path);
            }
        }));
        return owners;
    }

    /**
     * Returns the paths of all nodes that run or stop now, whether they have a thread at this moment or not. Two trees
     * whose roots share a name cannot be told apart by it.
     */
    public static Set<String> runningPaths() {
        Set<String> paths = new HashSet<>();
        trees().forEach(tree -> tree.eachRunning(node -> paths.add(node.path())));
        return paths;
    }

    private static List<Tree> trees() {
        synchronized (TREES) {
            return List.copyOf(TREES);
        }
    }
}
