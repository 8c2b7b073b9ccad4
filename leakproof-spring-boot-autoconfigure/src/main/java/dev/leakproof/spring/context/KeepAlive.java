package dev.leakproof.spring.context;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JVM up while a worker of the application's own is live, where nothing else does: workers run on daemon
 * threads, so an application without a web server would exit at once.
 *
 * <p>Its one thread ends with the last of those workers, and with the tree at the latest. A cache alone keeps no JVM up.
 */
public final class KeepAlive implements TreeListener {

    private static final Set<NodeKind> WORK = Set.of(NodeKind.WORKER, NodeKind.HEARTBEAT, NodeKind.POOL);
    private static final long END_MILLIS = 1000;

    private final Owner root;
    private final Semaphore changed = new Semaphore(0);
    private @Nullable Thread thread;
    private boolean open;

    /** Creates one for the tree below {@code root}. */
    public KeepAlive(Owner root) {
        this.root = root;
        root.addListener(this);
    }

    /** Begins to keep the JVM up if there is a reason now, or when there is one. */
    synchronized void begin() {
        open = true;
        check();
    }

    /** Ends it, whatever lives on. */
    void end() {
        Thread ending;
        synchronized (this) {
            open = false;
            ending = thread;
        }
        if (ending != null) {
            ending.interrupt();
            try {
                ending.join(END_MILLIS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void check() {
        if (open && thread == null && hasWork()) {
            thread = new Thread(null, this::hold, "leakproof-keep-alive", 0, false);
            thread.setDaemon(false); // its purpose: it would be a daemon if a daemon made it
            thread.start();
        }
    }

    private void hold() {
        while (!isOver()) {
            try {
                changed.acquire();
                changed.drainPermits();
            } catch (InterruptedException ex) {
                // It was told to end, and will see that it is not open.
            }
        }
    }

    private synchronized boolean isOver() {
        if (open && hasWork()) {
            return false;
        }
        thread = null;
        return true;
    }

    private boolean hasWork() {
        return root.snapshot()
                .all()
                .anyMatch(node -> WORK.contains(node.kind()) && node.state().isLive());
    }

    @Override
    public void started(NodeSnapshot node) {
        check();
    }

    @Override
    public void stopped(NodeSnapshot node) {
        changed.release();
    }

    @Override
    public void failed(NodeSnapshot node) {
        changed.release();
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        changed.release();
    }
}
