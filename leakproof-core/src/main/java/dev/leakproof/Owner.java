package dev.leakproof;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds workers and other owners, starts them, stops them and waits for them.
 *
 * <pre>{@code
 * try (Owner app = Owner.root("app")) {
 *     app.start(ManagedWorker.named("mail").run(mail::loop));
 *     ...
 * }   // signals from the top down, waits from the bottom up, returns within 12 seconds
 * }</pre>
 *
 * <p>A stop is bounded whatever the workers do. One that does not end is {@link NodeState#LEAKED}: it is logged with its
 * owner and the line on which it is stuck, and is in the {@link StopReport}.
 *
 * <p>Safe for use by many threads. While a root runs, four daemon threads serve its tree.
 */
public final class Owner extends Node {

    private final Object monitor = new Object();
    private final Tree tree;
    private final @Nullable String ownedBy;
    private final @Nullable Duration workerStopTimeout;
    private final @Nullable RestartPolicy restart;

    private Owner(Builder builder, Policy policy) {
        super(builder.name, NodeKind.OWNER, policy, builder.createdAt);
        this.ownedBy = builder.ownedBy;
        this.workerStopTimeout = builder.workerStopTimeout;
        this.restart = builder.restart;
        this.tree = new Tree(
                this,
                builder.timeSource,
                builder.tickSlack,
                builder.threadMaker,
                builder.patience,
                builder.applicationCloser);
    }

    /**
     * Returns a new root, started.
     *
     * @param name 1 to 64 letters, digits, dots, underscores or hyphens
     * @throws IllegalArgumentException if the name is not legal
     */
    public static Owner root(String name) {
        Owner root = new Builder(name, CallSite.current()).build();
        root.start();
        return root;
    }

    /**
     * Begins to build an owner: a root, or the child of another.
     *
     * @param name 1 to 64 letters, digits, dots, underscores or hyphens
     * @throws IllegalArgumentException if the name is not legal
     */
    public static Builder named(String name) {
        return new Builder(name, CallSite.current());
    }

    /** Returns the path of the owner that it asks for, below the root, or null if it does not mind. */
    public @Nullable String ownedBy() {
        return ownedBy;
    }

    /** Returns the most it gets to stop: its own, or else what its owner has. */
    public Duration stopTimeout() {
        return effectiveStopTimeout();
    }

    /**
     * Returns the child owner of that name; makes it, and starts it if this runs, where there is none.
     *
     * @throws IllegalArgumentException if the name is not legal, or that of a child which is no owner
     */
    public Owner child(String name) {
        Names.check("An owner", name);
        Tree shared = requireTree();
        shared.lock.lock();
        try {
            Owner known = ownerNamed(name);
            if (known != null) {
                return known;
            }
            Owner made = new Builder(name, CallSite.current()).build();
            adopt(made, false);
            Incarnation incarnation = current();
            if (incarnation != null && incarnation.isOpen()) {
                made.start();
            }
            return made;
        } finally {
            shared.lock.unlock();
        }
    }

    /**
     * Attaches {@code child}: it starts whenever this starts, but not now.
     *
     * @return {@code child}
     * @throws IllegalArgumentException if this has a child of that name
     * @throws IllegalStateException if {@code child} has an owner already
     */
    public <M extends Managed> M attach(M child) {
        requireTree().adopt(this, child.worker());
        return child;
    }

    /**
     * Attaches another owner with all it holds: it starts whenever this starts, but not now.
     *
     * @return {@code child}
     * @throws IllegalArgumentException if this has a child of that name, or is below {@code child}
     * @throws IllegalStateException if {@code child} has an owner already, or was started as a root
     */
    public Owner attach(Owner child) {
        requireTree().adopt(this, child);
        return child;
    }

    /**
     * Attaches {@code child}, unless it is here already, and starts it.
     *
     * @return {@code child}
     * @throws IllegalArgumentException if this has another child of that name
     * @throws IllegalStateException if this is not running, or {@code child} has another owner; nothing has been started
     *     then
     */
    public <M extends Managed> M start(M child) {
        requireTree().adoptAndStart(this, child.worker(), false);
        return child;
    }

    /**
     * Attaches another owner, unless it is here already, and starts it with all it holds.
     *
     * @return {@code child}
     * @throws IllegalArgumentException if this has another child of that name, or is below {@code child}
     * @throws IllegalStateException if this is not running, or {@code child} has another owner
     */
    public Owner start(Owner child) {
        requireTree().adoptAndStart(this, child, false);
        return child;
    }

    /**
     * Stops {@code child} within its stop timeout and takes it out of the tree; does nothing if it is not this owner's.
     *
     * @return what became of it
     */
    public StopReport detach(Managed child) {
        return remove(child.worker());
    }

    /**
     * Stops {@code child} within its stop timeout and takes it out of the tree; does nothing if it is not this owner's.
     *
     * @return what became of it
     */
    public StopReport detach(Owner child) {
        return remove(child);
    }

    /**
     * Returns what is at {@code path} now, with all below it.
     *
     * @param path from the root's name down, such as {@code app/orderRelay/relay}
     */
    public Optional<NodeSnapshot> find(String path) {
        return Optional.ofNullable(nodeAt(path)).map(Node::snapshot);
    }

    /**
     * Returns the node at {@code path}, to act upon.
     *
     * @param path from the root's name down, such as {@code app/orderRelay/relay}
     */
    public Optional<TreeNode> node(String path) {
        return Optional.ofNullable(nodeAt(path));
    }

    /**
     * Has {@code listener} told of everything that happens in the whole tree; once, even if added twice.
     *
     * @return ends that
     */
    public Registration addListener(TreeListener listener) {
        return requireTree().events().add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Has {@code observer} stand around each run in the whole tree that begins from now on.
     *
     * @return ends that; runs under way are observed to their end
     */
    public Registration addObserver(RunObserver observer) {
        return requireTree().observers().add(Objects.requireNonNull(observer, "observer"));
    }

    /**
     * Has a stop gone through beforehand, in a small tree that has nothing to do with this one, so that the first that
     * counts finds its classes loaded. Otherwise that takes some ten milliseconds of it, and fails where the jar has been
     * replaced meanwhile. To be called when an application has started; the starter does so.
     *
     * <p>Done once in a JVM: further calls do nothing. Returns at once; a daemon thread of this tree's does it and ends. It
     * throws nothing, and logs at the level DEBUG, unless threads cannot be had.
     */
    public void rehearseStop() {
        requireTree().rehearseStop(effectiveThreads());
    }

    /** Returns where a group of that name can be opened. */
    GroupHost groupHost(String group) {
        Incarnation incarnation = current();
        if (incarnation == null) {
            throw Tree.refusal("open", group, this);
        }
        return incarnation;
    }

    Tree ownTree() {
        return tree;
    }

    private Tree requireTree() {
        Tree shared = tree();
        return shared == null ? tree : shared;
    }

    private StopReport remove(Node child) {
        if (!owns(child)) {
            return new StopReport(child.path(), child.effectiveStopTimeout(), Duration.ZERO, List.of(), List.of());
        }
        return requireTree().remove(this, child);
    }

    private @Nullable Node nodeAt(String path) {
        Node top = this;
        for (Node above = top.parent(); above != null; above = top.parent()) {
            top = above;
        }
        String[] names = path.split("/", -1);
        if (!names[0].equals(top.name())) {
            return null;
        }
        Node node = top;
        for (int i = 1; i < names.length && node != null; i++) {
            node = node.childNamed(names[i]);
        }
        return node;
    }

    private @Nullable Owner ownerNamed(String name) {
        Node known = childNamed(name);
        if (known != null && !(known instanceof Owner)) {
            throw new IllegalArgumentException("Expected '" + name + "' in " + this + " to be an owner, but it is a "
                    + known.kind().label() + ": choose another name for one of them");
        }
        return (Owner) known;
    }

    // Node

    @Override
    Object monitor() {
        return monitor;
    }

    @Override
    boolean hasBody() {
        return false;
    }

    @Override
    void launch(Incarnation incarnation) {
        advance(NodeState.RUNNING);
    }

    @Override
    String id() {
        return name();
    }

    @Override
    @Nullable
    Duration stopTimeoutFor(NodeKind below) {
        return below == NodeKind.OWNER || workerStopTimeout == null ? super.stopTimeoutFor(below) : workerStopTimeout;
    }

    @Override
    @Nullable
    RestartPolicy restartBelow() {
        return restart;
    }

    @Override
    String schedule() {
        return "";
    }

    @Override
    @Nullable
    RunStats runStats() {
        return null;
    }

    @Override
    @Nullable
    Progress progress() {
        return null;
    }

    @Override
    Map<String, Object> details() {
        return Map.of();
    }

    @Override
    List<StopHook> hooks(StopStage stage) {
        return List.of();
    }

    @Override
    @Nullable
    Duration restartAfter(@Nullable Throwable cause) {
        return null;
    }

    @Override
    Runnable escalation(Tree shared, @Nullable Throwable cause) {
        return () -> {};
    }

    @Override
    @Nullable
    Duration awaitReady() {
        return null;
    }

    /** Builds an {@link Owner}. Not for use by many threads. */
    public static final class Builder {

        private final String name;
        private final String createdAt;
        private @Nullable String ownedBy;
        private @Nullable Duration stopTimeout;
        private @Nullable Duration workerStopTimeout;
        private @Nullable StopMode stopMode;
        private @Nullable ThreadKind threads;
        private @Nullable RestartPolicy restart;
        private @Nullable ContextCapture context;
        private TimeSource timeSource = TimeSource.SYSTEM;
        private Duration tickSlack = Duration.ofMillis(10);
        private ThreadMaker threadMaker = Threads::make;
        private Duration patience = StopThreads.PATIENCE;
        private @Nullable Consumer<NodeSnapshot> applicationCloser;

        private Builder(String name, String createdAt) {
            this.name = Names.check("An owner", name);
            this.createdAt = createdAt;
        }

        /** Sets the owner that it asks for: a path below the root. By default the root. */
        public Builder ownedBy(@Nullable String ownerPath) {
            this.ownedBy = ownerPath == null ? null : Names.checkPath("The owner of '" + name + "'", ownerPath);
            return this;
        }

        /** Sets the most that it and all below it get to stop. By default what its owner has, for a root 12 seconds. */
        public Builder stopTimeout(@Nullable Duration stopTimeout) {
            this.stopTimeout =
                    stopTimeout == null ? null : Durations.positive("'stopTimeout' of '" + name + "'", stopTimeout);
            return this;
        }

        /**
         * Sets the most that each worker below gets to stop, unless it or an owner in between says otherwise. By default
         * what this has.
         */
        public Builder workerStopTimeout(@Nullable Duration workerStopTimeout) {
            this.workerStopTimeout = workerStopTimeout == null
                    ? null
                    : Durations.positive("'workerStopTimeout' of '" + name + "'", workerStopTimeout);
            return this;
        }

        /** Sets what its workers do when told to stop, unless they say otherwise. By default as its owner says. */
        public Builder stopMode(@Nullable StopMode stopMode) {
            this.stopMode = stopMode;
            return this;
        }

        /** Sets the kind of its workers' threads, unless they say otherwise. By default as its owner says. */
        public Builder threads(@Nullable ThreadKind threads) {
            this.threads = threads;
            return this;
        }

        /**
         * Sets when its looping workers are started again, unless they or an owner in between say otherwise. By default as
         * its owner says, for a root {@link RestartPolicy#onFailure()}.
         */
        public Builder restart(@Nullable RestartPolicy restart) {
            this.restart = restart;
            return this;
        }

        /**
         * Sets what is carried from where work is handed to something below to where it is done. By default as its owner
         * says, for a root the {@linkplain ContextCapture#mdc() MDC}; {@link ContextCapture#NONE} switches that off.
         */
        public Builder context(@Nullable ContextCapture context) {
            this.context = context;
            return this;
        }

        /** Sets the time that the schedules of a tree go by; counts for a root only. By default the JVM's. */
        public Builder timeSource(TimeSource timeSource) {
            this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
            return this;
        }

        /**
         * Sets how late a tick may come so that several share one wake-up; counts for a root only. By default 10 ms.
         *
         * @throws IllegalArgumentException unless it is from 1 ms to 1 s
         */
        public Builder tickSlack(Duration tickSlack) {
            Durations.positive("'tickSlack' of '" + name + "'", tickSlack);
            if (tickSlack.toMillis() < 1 || tickSlack.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException(
                        "'tickSlack' of '" + name + "' must be from 1ms to 1s, but was " + Durations.format(tickSlack));
            }
            this.tickSlack = tickSlack;
            return this;
        }

        /**
         * Sets what {@link Escalation#CLOSE_APPLICATION} does; counts for a root only. By default it stops the root.
         *
         * @param applicationCloser given the worker that has failed; called on a thread of its own, on which it may
         *     block, and which keeps the JVM up until it returns
         */
        public Builder applicationCloser(Consumer<NodeSnapshot> applicationCloser) {
            this.applicationCloser = Objects.requireNonNull(applicationCloser, "applicationCloser");
            return this;
        }

        /** For tests of what happens when there is no thread to be had. */
        Builder threadsFrom(ThreadMaker maker) {
            this.threadMaker = maker;
            return this;
        }

        /** For a stop that nobody is to be told of: its jobs may take so long. */
        Builder patience(Duration withJob) {
            this.patience = withJob;
            return this;
        }

        /** Builds the owner, which does not run yet. */
        public Owner build() {
            return new Owner(this, new Policy(stopTimeout, stopMode, threads, context));
        }
    }
}
