package dev.leakproof;

/** A restart that waits for its time. */
final class Backoff extends Tick {

    private final Tree tree;
    private final Incarnation ended;

    Backoff(Tree tree, Incarnation ended) {
        this.tree = tree;
        this.ended = ended;
    }

    /** Returns the incarnation that has ended; its hold on its parent goes over to the next. */
    Incarnation ended() {
        return ended;
    }

    @Override
    void fire(long nanoTime) {
        tree.restart(this);
    }

    /** Ends the wait without a restart. With the tree's lock held. Returns false if it has ended already. */
    boolean cancel() {
        Node node = ended.node();
        if (node.backoff() != this) {
            return false;
        }
        tree.ticker().cancel(this);
        node.backedOff(false);
        ended.endForGood();
        // Not here, where the tree's lock is held.
        tree.stopThreads().execute(StopThreads.Job.of("The end of the backoff of", node, node::ended));
        ended.forgetIfDynamic();
        ended.releaseParent();
        return true;
    }
}
