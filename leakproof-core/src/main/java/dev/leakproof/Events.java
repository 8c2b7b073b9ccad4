package dev.leakproof;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens, on a thread of its own, so that they can neither break nor delay what happens. */
final class Events {

    private static final Logger log = LoggerFactory.getLogger(TreeListener.class);
    private static final int MOST_WAITING = 10_000;

    /** The methods of a listener that are called with each run. */
    private static final Set<String> OF_RUNS = Set.of("ran", "skipped");

    private final String treeName;
    private final ThreadMaker threads;
    private final CopyOnWriteArrayList<TreeListener> listeners = new CopyOnWriteArrayList<>();

    /** Whether any of them does something about runs; null where that is yet to be found out. */
    private volatile @Nullable Boolean runsAreMinded;

    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Delivery delivery;

    Events(String treeName, ThreadMaker threads) {
        this.treeName = treeName;
        this.threads = threads;
    }

    synchronized Registration add(TreeListener listener) {
        listeners.addIfAbsent(listener);
        runsAreMinded = null;
        return () -> remove(listener);
    }

    private synchronized void remove(TreeListener listener) {
        listeners.remove(listener);
        runsAreMinded = null;
    }

    /** There may be thousands of runs a second, and as a rule nobody does anything about them. */
    private boolean areRunsMinded() {
        Boolean known = runsAreMinded;
        return known == null ? findWhetherRunsAreMinded() : known;
    }

    private synchronized boolean findWhetherRunsAreMinded() {
        boolean found = false;
        for (TreeListener listener : listeners) {
            found |= mindsRuns(listener);
        }
        runsAreMinded = found;
        return found;
    }

    /** One that overrides nothing at all may be a mock, which does not need to. */
    private static boolean mindsRuns(TreeListener listener) {
        boolean overridesAny = false;
        try {
            for (Method told : TreeListener.class.getMethods()) {
                Method called = listener.getClass().getMethod(told.getName(), told.getParameterTypes());
                if (called.getDeclaringClass() != TreeListener.class) {
                    overridesAny = true;
                    if (OF_RUNS.contains(told.getName())) {
                        return true;
                    }
                }
            }
        } catch (NoSuchMethodException | LinkageError e) {
            return true; // who cannot tell tells it
        }
        return !overridesAny;
    }

    /** Called with the tree's lock held. */
    void start() {
        if (delivery == null) {
            Delivery made = new Delivery();
            made.thread.start();
            delivery = made;
        }
    }

    /** Called with the tree's lock held. Returns the thread, which ends once it has delivered what waits. */
    List<Thread> stop() {
        Delivery ending = delivery;
        if (ending == null) {
            return List.of();
        }
        delivery = null;
        ending.close();
        return List.of(ending.thread);
    }

    @Nullable
    Thread thread() {
        Delivery now = delivery;
        return now == null ? null : now.thread;
    }

    void started(Node node) {
        publish(node, TreeListener::started);
    }

    void ran(Node node, Duration took, @Nullable Throwable failure) {
        if (areRunsMinded()) {
            publish(node, (listener, snapshot) -> listener.ran(snapshot, took, failure));
        }
    }

    void skipped(Node node) {
        if (areRunsMinded()) {
            publish(node, TreeListener::skipped);
        }
    }

    void stopped(Node node) {
        publish(node, TreeListener::stopped);
    }

    void failed(Node node) {
        publish(node, TreeListener::failed);
    }

    void backingOff(Node node, Duration backoff) {
        publish(node, (listener, snapshot) -> listener.backingOff(snapshot, backoff));
    }

    void escalated(Node node, Escalation escalation) {
        publish(node, (listener, snapshot) -> listener.escalated(snapshot, escalation));
    }

    void leaked(Node node, StopReport.Entry entry) {
        publish(node, (listener, snapshot) -> listener.leaked(snapshot, entry));
    }

    void endedLate(Node node, Duration late) {
        publish(node, (listener, snapshot) -> listener.endedLate(snapshot, late));
    }

    void detached(Node node) {
        publish(node, TreeListener::detached);
    }

    void reported(StopReport report) {
        if (!listeners.isEmpty()) {
            send(listener -> listener.reported(report));
        }
    }

    private interface News {
        void tell(TreeListener listener, NodeSnapshot snapshot);
    }

    private void publish(Node node, News news) {
        if (!listeners.isEmpty()) {
            NodeSnapshot snapshot = node.snapshotAlone();
            send(listener -> news.tell(listener, snapshot));
        }
    }

    private void send(Consumer<TreeListener> news) {
        Delivery now = delivery;
        if (now == null || !now.add(news)) {
            tell(news);
        }
    }

    private void tell(Consumer<TreeListener> news) {
        for (TreeListener listener : listeners) {
            try {
                news.accept(listener);
            } catch (Throwable e) {
                log.warn("The listener {} failed", listener, e);
            }
        }
    }

    /** What is delivered in one life of the tree: a listener that still hangs in an earlier one holds up none of it. */
    private final class Delivery implements Runnable {

        final Thread thread = threads.service("leakproof-events-" + treeName, this);
        private final LinkedBlockingQueue<Consumer<TreeListener>> waiting = new LinkedBlockingQueue<>();

        /** Guarded by the monitor, so that nothing is added that nobody takes. */
        private boolean closed;

        synchronized boolean add(Consumer<TreeListener> news) {
            if (closed) {
                return false;
            }
            if (waiting.size() < MOST_WAITING) {
                waiting.add(news);
            } else if (dropped.getAndIncrement() == 0) {
                log.warn(
                        "The listeners of the tree {} are {} events behind: further ones are dropped",
                        treeName,
                        MOST_WAITING);
            }
            return true;
        }

        synchronized void close() {
            closed = true;
            waiting.add(listener -> {}); // wakes the thread, which then finds that there is no more
        }

        private synchronized boolean isDone() {
            return closed && waiting.isEmpty();
        }

        @Override
        public void run() {
            while (!isDone()) {
                try {
                    tell(waiting.take());
                    if (waiting.isEmpty() && dropped.get() > 0) {
                        log.warn("{} events of the tree {} were dropped", dropped.getAndSet(0), treeName);
                    }
                } catch (InterruptedException e) {
                    // A listener interrupted its own thread; that is no reason to end it.
                }
            }
        }
    }
}
