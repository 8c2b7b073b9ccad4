package dev.leakproof;

import static dev.leakproof.Scenarios.thread;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Has the interleavings of fork, the end of a fork, join, cancel, close and the stop of the owner explored. Each scenario
 * ends whatever the order, so a thread that waits for ever is a lost wake-up or a fork that was lost; what came of each
 * has to be what some sequence of the same operations gives; and in the end nothing is left that would hold up the owner.
 *
 * <p>The first fork runs where a scenario says so. Those after it run on threads of their own or, where one at a time is
 * allowed, after the one before.
 *
 * <p>What it is known to find in {@link TaskGroup}, seeded once and taken out again: a group that gives itself back to its
 * owner each time it finds that it is over, rather than once.
 */
@Tag("slow")
@Tag("model")
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "The model is of the code, not of the JVM: one will do")
public class TaskGroupModelTest {

    private static final String BLOCKS = "would wait";
    private static final String OVER = "over";

    /** A group below an owner that has no threads, with the first fork begun. */
    public static class Concurrent {

        private final Owner app =
                Owner.named("app").context(ContextCapture.NONE).build();
        private final Incarnation above = new Incarnation(app, null, app.ownTree());
        private final TaskGroup<Integer> group;
        private final List<Runnable> begun = new ArrayList<>();
        private final AtomicInteger running = new AtomicInteger();
        private volatile boolean closed;
        private volatile boolean tooLate;

        public Concurrent() {
            this(false);
        }

        @SuppressWarnings("MustBeClosedChecker") // an operation does, or a stop
        Concurrent(boolean limited) {
            app.begin(above);
            ThreadFactory threads = task -> begun.isEmpty() ? new Kept(task) : new Thread(task);
            TaskGroup.Opening opening =
                    TaskGroup.in(app, "group").createdAt("here").threadsFrom(threads);
            group = (limited ? opening.limit(1) : opening).open();
            group.fork(body(1));
            group.handOverToNext();
        }

        private ForkBody<Integer> body(int value) {
            return ctx -> {
                running.incrementAndGet();
                tooLate |= closed;
                running.decrementAndGet();
                return value;
            };
        }

        /** What would be the thread of the first fork. */
        private final class Kept extends Thread {

            private final Runnable task;

            Kept(Runnable task) {
                this.task = task;
            }

            @Override
            public void start() {
                begun.add(task);
            }
        }

        public String fork(int value) {
            try {
                group.fork(body(value));
                return "forked";
            } catch (IllegalStateException e) {
                return OVER;
            }
        }

        public void runFirst() {
            begun.get(0).run();
        }

        public String join() throws InterruptedException {
            try {
                return group.join().toString();
            } catch (IllegalStateException e) {
                return OVER;
            }
        }

        public void cancel() {
            group.cancel();
        }

        public void close() {
            group.close();
            closed = true;
            tooLate |= running.get() != 0;
        }

        /** What a stop of the owner does on its stop thread. */
        public void stopOwner() {
            group.cancel();
            group.stopped();
        }

        /** What is to be seen when all is over: whether no body outlived a close, and the owner can end, but not before. */
        public String outcome() {
            boolean endedBefore = above.isSettled();
            above.releaseSelf();
            return !tooLate + " " + group.isIdle() + " " + !endedBefore + " " + above.isSettled();
        }
    }

    /** One fork at a time. */
    public static class Limited extends Concurrent {
        public Limited() {
            super(true);
        }
    }

    /** What it has to look like from outside. */
    public static class Sequential {

        private final List<Integer> forked = new ArrayList<>(List.of(1));
        private boolean firstRan;
        private boolean over;

        public String fork(int value) {
            if (over) {
                return OVER;
            }
            forked.add(value);
            return "forked";
        }

        public void runFirst() {
            firstRan = true;
        }

        public String join() {
            return over ? OVER : firstRan ? forked.toString() : BLOCKS;
        }

        public void cancel() {
            over = true;
        }

        public void close() {
            over = true;
        }

        public void stopOwner() {
            over = true;
        }

        public String outcome() {
            return "true true true true";
        }
    }

    private static Actor operation(String name, Object... arguments) {
        return Scenarios.operation(Concurrent.class, name, arguments);
    }

    private static final Actor RUN_FIRST = operation("runFirst");
    private static final Actor JOIN = operation("join");
    private static final Actor CANCEL = operation("cancel");
    private static final Actor CLOSE = operation("close");
    private static final Actor STOP_OWNER = operation("stopOwner");
    private static final Actor OUTCOME = operation("outcome");

    private static Actor fork(int value) {
        return operation("fork", value);
    }

    private static final Scenarios SCENARIOS = new Scenarios(Sequential.class, 300, OUTCOME);

    @Test
    void joinSeesEveryForkEnd() {
        SCENARIOS.check(Concurrent.class, thread(fork(2), JOIN, CLOSE), thread(RUN_FIRST));
        SCENARIOS.check(Limited.class, thread(fork(2), fork(3), JOIN, CLOSE), thread(RUN_FIRST));
    }

    @Test
    void joinIsLetGoByCancel() {
        SCENARIOS.check(Concurrent.class, thread(fork(2), JOIN, CLOSE), thread(RUN_FIRST), thread(CANCEL));
        SCENARIOS.check(Limited.class, thread(fork(2), JOIN, CLOSE), thread(RUN_FIRST), thread(CANCEL));
    }

    @Test
    void nothingIsForkedBehindTheBackOfClose() {
        SCENARIOS.check(Concurrent.class, thread(fork(2), fork(3)), thread(RUN_FIRST), thread(CLOSE));
        SCENARIOS.check(Limited.class, thread(fork(2), fork(3)), thread(RUN_FIRST), thread(CLOSE));
    }

    @Test
    void groupIsGivenBackOnceByTwoWhoClose() {
        SCENARIOS.check(Concurrent.class, thread(CLOSE), thread(RUN_FIRST), thread(CLOSE));
    }

    @Test
    void stopOfTheOwnerIsNotHeldUpByAGroupThatNobodyCloses() {
        SCENARIOS.check(Concurrent.class, thread(fork(2)), thread(RUN_FIRST), thread(STOP_OWNER));
        SCENARIOS.check(Limited.class, thread(fork(2)), thread(RUN_FIRST), thread(STOP_OWNER));
    }

    @Test
    void stopOfTheOwnerAndCloseGiveItBackOnce() {
        SCENARIOS.check(Concurrent.class, thread(JOIN, CLOSE), thread(RUN_FIRST), thread(STOP_OWNER));
    }
}
