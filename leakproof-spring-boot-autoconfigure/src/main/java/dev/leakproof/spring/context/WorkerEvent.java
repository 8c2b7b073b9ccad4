package dev.leakproof.spring.context;

import dev.leakproof.NodeSnapshot;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ApplicationContextEvent;

/**
 * Published to a context when something in its tree was started, has failed, has leaked or has ended late.
 *
 * <p>It comes after the fact, one at a time, on a thread of the tree's own with no lock held: a listener delays no worker and
 * no stop, and what it throws is logged. One that blocks delays the events after it and the meters; make it
 * {@code @Async} if it takes long. Events come until the tree has stopped with its context, so those about its last stop
 * are among them, and none while beans are destroyed. A parent context hears of its children's events too: {@link
 * #getApplicationContext()} tells which one it is about.
 */
public final class WorkerEvent extends ApplicationContextEvent {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    private final transient NodeSnapshot node; // nobody sends a context somewhere else

    /** What has happened. */
    public enum Kind {
        /** It was started, by itself or with its owner, for the first time or again. */
        STARTED,
        /** It has ended by an exception or error, which the node has, and is not started again by itself. */
        FAILED,
        /** It did not end in time when told to stop; the node says where it is stuck. */
        LEAKED,
        /** It had leaked, and has ended after all. */
        ENDED_LATE
    }

    /**
     * Creates an event.
     *
     * @param source the context whose tree it is about
     * @param node what has happened to which node, without its children and details
     */
    public WorkerEvent(ApplicationContext source, Kind kind, NodeSnapshot node) {
        super(source);
        this.kind = kind;
        this.node = node;
    }

    /** Returns what has happened. */
    public Kind getKind() {
        return kind;
    }

    /** Returns the node as it was then, without its children and details. */
    public NodeSnapshot getNode() {
        return node;
    }

    @Override
    public String toString() {
        return "WorkerEvent[" + kind + " " + node.path() + "]";
    }
}
