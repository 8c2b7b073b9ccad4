package dev.leakproof.example;

import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import dev.leakproof.TaskGroup;
import dev.leakproof.WorkerContext;
import dev.leakproof.WorkerPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The five shapes in which threads leak, each as one meets it and in the form that ends: the code of {@code
 * docs/leak-patterns.md}, word for word.
 */
public final class LeakShapes {

    private LeakShapes() {}

    /** Answers that are raced for. */
    public static final class Sender {

        private final SynchronousQueue<String> answers = new SynchronousQueue<>();
        private volatile boolean running = true;

        /** Waits for ever once somebody else's answer has been taken. */
        public void send(String answer) {
            while (running) {
                try {
                    answers.put(answer);
                    return;
                } catch (InterruptedException e) {
                    // "the answer must not be lost": tries again
                }
            }
        }

        /** Ends with the first answer, and with all who wanted to give one. */
        public String firstAnswer(Owner app, List<Callable<String>> suppliers) throws InterruptedException {
            try (TaskGroup<String> group = TaskGroup.in(app, "quotes").open()) {
                suppliers.forEach(supplier -> group.fork(ctx -> supplier.call()));
                return group.race();
            }
        }

        /** Takes what is waiting, which the leaky form needs to end. */
        public void drain() {
            running = false;
            answers.poll();
        }
    }

    /** Messages that arrive. */
    public static final class Receiver {

        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final Consumer<String> handler;
        private volatile boolean running = true;

        public Receiver(Consumer<String> handler) {
            this.handler = handler;
        }

        /** Goes on whatever happens, for the flag is never cleared. */
        public void receive() {
            while (running) {
                try {
                    handler.accept(messages.take());
                } catch (Exception e) {
                    // "one bad message must not end this": not even the one that says stop
                }
            }
        }

        /** Ends when it is closed, or its owner is stopped. */
        public WorkerPool<String> pool() {
            return WorkerPool.<String>named("messages")
                    .stopMode(StopMode.DRAIN)
                    .process((ctx, message) -> handler.accept(message));
        }

        /** Clears the flag at last. */
        public void shutdown() {
            running = false;
            messages.add("last");
        }
    }

    /** A condition that is polled. */
    public static final class Poller {

        private volatile boolean done;

        /** Asks nobody but the condition whether to go on. */
        public void spin() {
            while (!done) {
                Thread.onSpinWait();
            }
        }

        /** Ends with its worker, and leaves the processor alone meanwhile. */
        public void poll(WorkerContext ctx) throws InterruptedException {
            while (!done && ctx.sleep(Duration.ofMillis(10))) {
                ctx.progress("not done yet");
            }
        }

        /** Has the condition come true. */
        public void done() {
            done = true;
        }
    }

    /** A catalogue that is fetched from a slow peer. */
    public static final class Catalogue {

        private final Semaphore peer = new Semaphore(0);
        private final AtomicReference<String> items = new AtomicReference<>("");
        private final ReentrantLock lock = new ReentrantLock();

        private String fetch() {
            peer.acquireUninterruptibly();
            return "items";
        }

        /** Holds the lock for as long as the peer takes. */
        public synchronized void refresh() {
            items.set(fetch());
        }

        /** Waits for as long, and no interrupt ends that. */
        public String read() {
            synchronized (this) {
                return items.get();
            }
        }

        /** Holds the lock only to change what it guards. */
        public void refresh(WorkerContext ctx) throws Exception {
            String fresh = ctx.interruptibly(this::fetch, peer::release);
            lock.lockInterruptibly();
            try {
                items.set(fresh);
            } finally {
                lock.unlock();
            }
        }

        /** Has the peer answer. */
        public void answer() {
            peer.release();
        }
    }

    /** Something that is to happen again and again. */
    public static final class Ticker {

        private final Runnable tick;
        private volatile boolean running = true;

        public Ticker(Runnable tick) {
            this.tick = tick;
        }

        /** Takes its end for a hiccup. */
        public void run() {
            while (running) {
                try {
                    tick.run();
                    TimeUnit.MILLISECONDS.sleep(50);
                } catch (InterruptedException e) {
                    // "a tick came early"
                }
            }
        }

        /** Owns its tick: it has the rhythm, and the end, of its owner. */
        public Heartbeat heartbeat() {
            return Heartbeat.named("ticker").every(Duration.ofMillis(50)).beat(ctx -> tick.run());
        }

        /** Clears the flag that nobody clears. */
        public void shutdown() {
            running = false;
        }
    }
}
