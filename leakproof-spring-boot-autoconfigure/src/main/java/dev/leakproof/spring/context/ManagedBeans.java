package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * What the beans of one context have to be owned, the owner each of them got, and those that stop early.
 *
 * <p>Until the tree starts it only collects, so that it does not matter in which order beans are created; from then on
 * each bean is attached, and started where the tree runs, as soon as it is created.
 *
 * <p>Safe for use by many threads. Nothing blocks but {@link #remove}, as long as the stop of what it removes takes.
 */
public final class ManagedBeans {

    private final EarlyStops earlyStops;

    /** Origins of ids, to name both when two are the same. Guarded by this, as all that follows but the concurrent maps. */
    private final Map<String, String> origins = new HashMap<>();

    private final Map<ManagedWorker, Owner> owners = new LinkedHashMap<>();
    private final List<Owner> declaredOwners = new ArrayList<>();
    private final List<ManagedWorker> waiting = new ArrayList<>();
    private @Nullable Owner root;

    private final Map<String, String> idsByPath = new ConcurrentHashMap<>();
    private final Map<String, Managed> beansById = new ConcurrentHashMap<>();

    /** Creates one for the beans of {@code beanFactory}, with which it registers what stops some of them early. */
    public ManagedBeans(ConfigurableListableBeanFactory beanFactory) {
        this.earlyStops = new EarlyStops(beanFactory);
    }

    /** Returns what stops some of the beans before the others. */
    EarlyStops earlyStops() {
        return earlyStops;
    }

    static String idOf(Managed managed) {
        return managed.worker().id();
    }

    /**
     * Takes up {@code managed}.
     *
     * @param origin what a message calls it, such as {@code bean 'mail'}
     * @throws InvalidWorkerException if its id is taken, or it has no place in the tree; it is forgotten then
     */
    synchronized void add(Managed managed, String origin) {
        ManagedWorker worker = managed.worker();
        String other = origins.putIfAbsent(worker.id(), origin);
        if (other != null) {
            throw new InvalidWorkerException(
                    "Two workers have the id '" + worker.id() + "': " + other + " and " + origin + ".",
                    "Give one of them another name; an id must be unique in its context.");
        }
        beansById.put(worker.id(), managed);
        if (root == null) {
            waiting.add(worker);
            return;
        }
        try {
            attach(worker, root);
        } catch (RuntimeException ex) {
            forget(worker);
            throw ex;
        }
    }

    /** Takes up an owner that the application declares. */
    synchronized void add(Owner owner) {
        declaredOwners.add(owner);
        if (root != null) {
            attach(owner, root);
        }
    }

    /** Stops {@code managed} and takes it out of the tree; does nothing if it is not in it. */
    void remove(Managed managed) {
        ManagedWorker worker = managed.worker();
        Owner owner;
        synchronized (this) {
            owner = owners.remove(worker);
            forget(worker);
        }
        if (owner != null) {
            owner.detach(worker);
        }
        earlyStops.remove(worker);
    }

    /** Stops {@code owner} with all it holds, and takes it out of the tree; does nothing if it is not in it. */
    void remove(Owner owner) {
        Owner above;
        synchronized (this) {
            above = declaredOwners.remove(owner) && root != null ? ownerAt(owner.ownedBy(), root) : null;
        }
        if (above != null) {
            above.detach(owner);
        }
        earlyStops.remove(owner);
    }

    /** Attaches all that was collected to {@code tree}, declared owners first, and whatever comes later at once. */
    synchronized void open(Owner tree) {
        if (root != null) {
            return;
        }
        if (!declaredOwners.isEmpty()) {
            declaredOwners.stream()
                    .sorted(Comparator.comparingInt(owner -> depth(owner.ownedBy())))
                    .forEach(owner -> attach(owner, tree));
        }
        for (ManagedWorker worker : waiting) {
            attach(worker, tree);
        }
        waiting.clear();
        root = tree;
    }

    /**
     * Returns the id of the bean that what is at {@code path} belongs to: its own, or that of the nearest bean above it,
     * whose child it is. Empty where there is none. Never blocks.
     */
    public Optional<String> declaredId(String path) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('/')))) {
            String id = idsByPath.get(at);
            if (id != null) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    /** Returns the bean of that id, as its context knows it. Never blocks. */
    public Optional<Managed> find(String id) {
        return Optional.ofNullable(beansById.get(id));
    }

    private void forget(ManagedWorker worker) {
        waiting.remove(worker);
        origins.remove(worker.id());
        beansById.remove(worker.id());
        idsByPath.remove(worker.path());
    }

    private void attach(Owner owner, Owner tree) {
        if (!isOwned(owner.path())) {
            if (owner.state() != NodeState.NEW) {
                throw new InvalidWorkerException(
                        owner + " is a bean, but runs already, as the root of a tree of its own.",
                        "Build it by Owner.named(…).build(), and leave its start to the application context.");
            }
            placed(owner.toString(), () -> {
                Owner above = ownerAt(owner.ownedBy(), tree);
                if (tree.state().isLive()) {
                    above.start(owner);
                } else {
                    above.attach(owner);
                }
            });
        }
    }

    private void attach(ManagedWorker worker, Owner tree) {
        if (isOwned(worker.path())) {
            idsByPath.put(worker.path(), worker.id());
            return;
        }
        placed(origins.getOrDefault(worker.id(), worker.id()), () -> {
            Owner above = ownerAt(worker.ownedBy(), tree);
            String path = above.path() + "/" + worker.name();
            idsByPath.putIfAbsent(path, worker.id()); // before its first event
            try {
                if (tree.state().isLive()) {
                    above.start(worker);
                } else {
                    above.attach(worker);
                }
            } catch (RuntimeException ex) {
                idsByPath.remove(path, worker.id());
                throw ex;
            }
            owners.put(worker, above);
        });
    }

    private static void placed(String what, Runnable placing) {
        try {
            placing.run();
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    what + " cannot be attached: " + ex.getMessage(), "Change its name, or its owner.", ex);
        }
    }

    /** What has an owner already, because the application attached it itself, keeps it. */
    private static boolean isOwned(String path) {
        return path.contains("/");
    }

    private static Owner ownerAt(@Nullable String path, Owner tree) {
        Owner owner = tree;
        for (String name : path == null ? new String[0] : path.split("/")) {
            owner = owner.child(name);
        }
        return owner;
    }

    private static int depth(@Nullable String path) {
        return path == null ? 0 : path.split("/").length;
    }
}
