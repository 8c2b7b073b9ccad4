package dev.leakproof;

import static dev.leakproof.Scenarios.thread;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Has every interleaving of close, put and take explored that matters: each scenario ends whatever the order, so a thread
 * that waits for ever is a lost wake-up, and its results have to be those of some sequence of the same operations.
 *
 * <p>What it is known to find in {@link WorkQueue}, each seeded once and taken out again: {@code put} that asks {@code
 * closed} before it has the lock (an element accepted behind the back of a taker who has seen the end); {@code offer}
 * that does not ask, or is off by one; {@code wake} that wakes only the takers, only the putters, or only one of them, and
 * {@code take} or {@code add} that signals nobody (somebody waits for ever).
 */
@Tag("slow")
@Tag("model")
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "The model is of the code, not of the JVM: one will do")
public class WorkQueueModelTest {

    private static final String BLOCKS = "would wait";

    /** The queue, with room for one. */
    public static class Concurrent {

        private final WorkQueue<Integer> queue = new WorkQueue<>(1);
        private volatile boolean givesUp;

        public String offer(int element) {
            return queue.offer(element).name();
        }

        public String put(int element) throws InterruptedException {
            return queue.put(element, Long.MAX_VALUE, () -> false).name();
        }

        public String take() throws InterruptedException {
            return String.valueOf(queue.take(() -> false));
        }

        /** By a worker that may be stopped for itself. */
        public String takeUnlessStopped() throws InterruptedException {
            return String.valueOf(queue.take(() -> givesUp));
        }

        public void stop() {
            givesUp = true;
            queue.wake();
        }

        public void close() {
            queue.close();
        }
    }

    /** What it has to look like from outside. An operation that would wait is not possible at that point. */
    public static class Sequential {

        private final Deque<Integer> elements = new ArrayDeque<>();
        private boolean closed;
        private boolean givesUp;

        public String offer(int element) {
            return !closed && elements.size() == 1 ? "FULL" : put(element);
        }

        public String put(int element) {
            if (closed) {
                return "CLOSED";
            }
            if (elements.size() == 1) {
                return BLOCKS;
            }
            elements.add(element);
            return "ACCEPTED";
        }

        public String take() {
            return elements.isEmpty() && !closed ? BLOCKS : String.valueOf(elements.poll());
        }

        public String takeUnlessStopped() {
            return givesUp ? "null" : take();
        }

        public void stop() {
            givesUp = true;
        }

        public void close() {
            closed = true;
        }
    }

    private static Actor put(int element) {
        return operation("put", element);
    }

    private static Actor offer(int element) {
        return operation("offer", element);
    }

    private static Actor operation(String name, Object... arguments) {
        return Scenarios.operation(Concurrent.class, name, arguments);
    }

    private static final Actor TAKE = operation("take");
    private static final Actor TAKE_UNLESS_STOPPED = operation("takeUnlessStopped");
    private static final Actor STOP = operation("stop");
    private static final Actor CLOSE = operation("close");

    private static final Scenarios SCENARIOS = new Scenarios(Sequential.class, 500, null);

    private static void check(Actor[]... threads) {
        SCENARIOS.check(Concurrent.class, threads);
    }

    @Test
    void putterThatWaitsIsLetGoByClose() {
        check(thread(put(1), put(2)), thread(CLOSE));
    }

    @Test
    void takerThatWaitsIsLetGoByClose() {
        check(thread(TAKE, TAKE), thread(offer(1), CLOSE));
    }

    @Test
    void nothingIsAcceptedBehindTheBackOfATakerWhoHasSeenTheEnd() {
        check(thread(put(1)), thread(CLOSE, TAKE, offer(2)));
    }

    @Test
    void roomIsAnnouncedToAPutterThatWaits() {
        check(thread(put(1), put(2)), thread(TAKE));
    }

    @Test
    void elementIsAnnouncedToATakerThatWaits() {
        check(thread(TAKE), thread(put(1)));
    }

    @Test
    void fullQueueAcceptsNothing() {
        check(thread(put(1), offer(2)), thread(TAKE));
    }

    @Test
    void everybodyIsLetGoByOneClose() {
        check(thread(TAKE), thread(TAKE), thread(CLOSE));
        check(thread(put(1), put(2)), thread(put(3)), thread(CLOSE));
    }

    @Test
    void wakeUpOfATakerThatGivesUpIsNotLostForTheOther() {
        check(thread(TAKE_UNLESS_STOPPED), thread(TAKE), thread(put(1), STOP, put(2)));
    }
}
