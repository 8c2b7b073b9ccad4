package dev.leakproof;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live threads of every tree in this JVM, and whose they are.
 *
 * <p>Nothing is kept up to date for it: each call walks the trees, about a microsecond a node. The trees are held weakly,
 * so one that its users have dropped and whose threads have ended can go.
 */
public final class LiveThreads {

    private static final Set<Tree> TREES = Collections.newSetFromMap(new WeakHashMap<>());

    private final Map<Thread, String> owners = new HashMap<>();

    private LiveThreads() {}

    /** Has the threads of {@code tree} found from now on; called as it starts. */
    static void include(Tree tree) {
        synchronized (TREES) {
            TREES.add(tree);
        }
    }

    /**
     * Returns the path of its owner for each live thread of every tree: of the worker or group whose body it runs, leaked
     * ones included, or of the root for a thread that serves the tree itself. Safe to call on any thread; never blocks
     * for longer than a moment.
     */
    public static Map<Thread, String> owners() {
        LiveThreads live = new LiveThreads();
        for (Tree tree : trees()) {
            tree.serviceThreads().forEach(thread -> live.add(thread, tree.root().path()));
            live.addAllOf(tree.root());
        }
        return live.owners;
    }

    /** Returns the same for the threads of what is below {@code owner}, without those that serve the tree itself. */
    public static Map<Thread, String> below(Owner owner) {
        LiveThreads live = new LiveThreads();
        live.addAllOf(owner);
        return live.owners;
    }

    /**
     * Returns the paths of all nodes that run or stop now, whether they have a thread at this moment or not. Two trees
     * whose roots share a name cannot be told apart by it.
     */
    public static Set<String> runningPaths() {
        Set<String> paths = new HashSet<>();
        trees().forEach(tree -> addRunning(tree.root(), paths));
        return paths;
    }

    private static List<Tree> trees() {
        synchronized (TREES) {
            return List.copyOf(TREES);
        }
    }

    private void addAllOf(Node node) {
        Incarnation incarnation = node.current();
        if (incarnation != null) {
            Activity activity = incarnation.activity();
            add(activity == null ? null : activity.thread(), node.path());
            incarnation.groups().list().forEach(this::addAllOf);
        }
        node.childrenInOrder().forEach(this::addAllOf);
    }

    private void addAllOf(TaskGroup<?> group) {
        for (Iterator<? extends Fork<?>> forks = group.forks(); forks.hasNext(); ) {
            Fork<?> fork = forks.next();
            Thread thread = fork.thread();
            ForkExtras extras = fork.extras();
            add(thread, group.path());
            if (thread != null && extras != null) {
                extras.groups.list().forEach(this::addAllOf);
            }
        }
    }

    private void add(@Nullable Thread thread, String path) {
        if (thread != null && thread.isAlive()) {
            owners.put(thread, path);
        }
    }

    private static void addRunning(Node node, Set<String> paths) {
        Incarnation incarnation = node.current();
        if (incarnation != null && !incarnation.isOver()) {
            paths.add(node.path());
        }
        node.childrenInOrder().forEach(child -> addRunning(child, paths));
    }
}
