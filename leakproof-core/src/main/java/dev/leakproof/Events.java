package dev.leakproof;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.HashSet;
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

    private final String treeName;
    private final ThreadMaker threads;
    private final CopyOnWriteArrayList<TreeListener> listeners = new CopyOnWriteArrayList<>();

    /** The methods that any of them overrides. */
    private volatile Set<String> minded = Set.of();

    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Delivery delivery;

    Events(String treeName, ThreadMaker threads) {
        this.treeName = treeName;
        this.threads = threads;
    }

    synchronized Registration add(TreeListener listener) {
        listeners.addIfAbsent(listener);
        findMinded();
        return () -> remove(listener);
    }

    private synchronized void remove(TreeListener listener) {
        listeners.remove(listener);
        findMinded();
    }

    private void findMinded() {
        Set<String> found = new HashSet<>();
        for (TreeListener listener : listeners) {
            addMinded(listener.getClass(), found);
        }
        minded = found;
    }

    /** There may be thousands of runs a second, or of ends, and as a rule nobody does anything about them. */
    private boolean isMinded(String method) {
        return minded.contains(method);
    }

    /** All of them for one that overrides none: it may be a mock, which does not need to. */
    private static void addMinded(Class<?> listener, Set<String> found) {
        Set<String> overridden = new HashSet<>();
        Set<String> all = new HashSet<>();
        for (Method told : TreeListener.class.getMethods()) {
            all.add(told.getName());
            try {
                if (listener.getMethod(told.getName(), told.getParameterTypes()).getDeclaringClass()
                        != TreeListener.class) {
                    overridden.add(told.getName());
                }
            } catch (NoSuchMethodException | LinkageError e) {
                overridden.add(told.getName()); // who cannot tell tells it
            }
        }
        found.addAll(overridden.isEmpty() ? all : overridden);
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
        publish("started", node, TreeListener::started);
    }

    void ran(Node node, Duration took, @Nullable Throwable failure) {
        publish("ran", node, (listener, snapshot) -> listener.ran(snapshot, took, failure));
    }

    void skipped(Node node) {
        publish("skipped", node, TreeListener::skipped);
    }

    void stopped(Node node) {
        publish("stopped", node, TreeListener::stopped);
    }

    void failed(Node node) {
        publish("failed", node, TreeListener::failed);
    }

    void backingOff(Node node, Duration backoff) {
        publish("backingOff", node, (listener, snapshot) -> listener.backingOff(snapshot, backoff));
    }

    void escalated(Node node, Escalation escalation) {
        publish("escalated", node, (listener, snapshot) -> listener.escalated(snapshot, escalation));
    }

    void leaked(Node node, StopReport.Entry entry) {
        publish("leaked", node, (listener, snapshot) -> listener.leaked(snapshot, entry));
    }

    void endedLate(Node node, Duration late) {
        publish("endedLate", node, (listener, snapshot) -> listener.endedLate(snapshot, late));
    }

    void detached(Node node) {
        publish("detached", node, TreeListener::detached);
    }

    void reported(StopReport report) {
        if (isMinded("reported")) {
            send(listener -> listener.reported(report));
        }
    }

    private interface News {
        void tell(TreeListener listener, NodeSnapshot snapshot);
    }

    /** @param method that of the listeners which tells it */
    private void publish(String method, Node node, News news) {
        if (isMinded(method)) {
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
