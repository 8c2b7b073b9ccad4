package dev.leakproof.spring.context;

import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.beans.Housekeeping;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the JVM up while a worker of the application's own is live, where nothing else does: workers run on daemon
 * threads, so an application without a web server would exit at once.
 *
 * <p>It is a worker itself, {@code <root>/leakproof/keep-alive}, which holds the one thread that is no daemon. It ends
 * with the last of the others. A cache alone keeps no JVM up.
 */
public final class KeepAlive implements TreeListener {

    private static final Logger log = LoggerFactory.getLogger(KeepAlive.class);

    private static final String HOME = "leakproof";
    private static final String ID = "leakproof.keep-alive";

    /** What is leakproof's own, and no reason to stay. */
    private static final Set<String> OWN = Set.of(ID, Housekeeping.ID);

    private static final Set<NodeKind> WORK = Set.of(NodeKind.WORKER, NodeKind.HEARTBEAT, NodeKind.POOL);

    private final Owner root;
    private final Semaphore changed = new Semaphore(0);
    private ManagedWorker worker = build();
    private boolean open;
    private volatile @Nullable Thread holder;

    /** Creates one for the tree below {@code root}, to which it is to be added as a listener. */
    public KeepAlive(Owner root) {
        this.root = root;
    }

    private ManagedWorker build() {
        return ManagedWorker.named("keep-alive")
                .id(ID)
                .awaitReady(Duration.ofSeconds(5))
                .run(this::hold);
    }

    /** Keeps the JVM up from now on, whenever there is a reason to; if there is one now, before this returns. */
    synchronized void begin() {
        open = true;
        holdIfNeeded();
    }

    /** Takes it out of the tree, which has stopped. */
    synchronized void end() {
        open = false;
        Thread held = holder;
        if (held != null) {
            held.interrupt();
        }
        if (worker.state() != NodeState.NEW) {
            root.child(HOME).detach(worker);
            worker = build(); // one that was taken out does not come back
        }
    }

    /** One at a time, so that whoever returns knows that the thread is there. */
    private synchronized void holdIfNeeded() {
        if (open && root.state() == NodeState.RUNNING && !worker.state().isLive() && hasWork()) {
            try {
                root.child(HOME).start(worker);
            } catch (IllegalStateException ex) {
                log.debug("The tree stopped before it could be kept alive", ex);
            }
        }
    }

    /** Returns when told to stop, though its thread stays until the others have ended: the stop may be one of theirs. */
    private void hold(WorkerContext ctx) throws InterruptedException {
        Thread made = new Thread(null, this::awaitOthers, "leakproof-keep-alive", 0, false);
        made.setDaemon(false); // it would be a daemon as its maker is one
        holder = made;
        made.start();
        ctx.ready();
        made.join();
    }

    private void awaitOthers() {
        try {
            while (hasWork()) {
                changed.acquire();
                changed.drainPermits();
            }
        } catch (InterruptedException ex) {
            // The tree has stopped: the others had their time.
        }
    }

    /** While the whole tree stops nobody looks: its own end is an event as well, and comes last. */
    private boolean hasWork() {
        return root.state() == NodeState.STOPPING || root.snapshot().all().anyMatch(this::isWork);
    }

    private boolean isWork(NodeSnapshot node) {
        return WORK.contains(node.kind())
                && !node.state().isTerminal()
                && node.starts() > 0
                && !OWN.contains(node.id());
    }

    @Override
    public void started(NodeSnapshot node) {
        holdIfNeeded();
    }

    @Override
    public void stopped(NodeSnapshot node) {
        changed.release();
        holdIfNeeded();
    }

    @Override
    public void failed(NodeSnapshot node) {
        changed.release();
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        changed.release();
    }

    @Override
    public void detached(NodeSnapshot node) {
        changed.release();
    }
}
