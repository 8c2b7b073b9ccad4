package dev.leakproof;

import static dev.leakproof.Scenarios.thread;

import org.jetbrains.kotlinx.lincheck.Actor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Has every interleaving explored of what begins, ends and stops one life of a node and of its child: the packed words of
 * both, and the handshake of an end with the stop that waits for it.
 *
 * <p>What it is known to find in {@link Incarnation}, seeded once and taken out again: {@code stoppedBy} that does not look
 * whether it has ended by then.
 */
@Tag("slow")
@Tag("model")
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "The model is of the code, not of the JVM: one will do")
public class IncarnationModelTest {

    /** An owner that runs, and below it a worker of which one run is under way. */
    public static class Concurrent {

        private final Owner app =
                Owner.named("app").context(ContextCapture.NONE).build();
        private final ManagedWorker worker =
                app.attach(ManagedWorker.named("worker").createdAt("here").run(ctx -> {}));
        private final Incarnation above = new Incarnation(app, null, app.ownTree());
        private final Incarnation life = new Incarnation(worker, above, app.ownTree());
        private final StopEntry entry = new StopEntry(life, 0, Long.MAX_VALUE / 2);
        private final StopEntry entryAbove = new StopEntry(above, 0, Long.MAX_VALUE / 2);

        public Concurrent() {
            app.begin(above);
            above.stoppedBy(entryAbove);
            above.hold();
            worker.begin(life);
            life.hold();
        }

        /** The run ends, and is the last unless a stop came first. */
        public void endRun() {
            life.releaseSelf();
            life.release();
        }

        /** Another run begins, and ends at once. Returns whether it was allowed to. */
        public boolean run() {
            boolean held = life.hold();
            if (held) {
                life.release();
            }
            return held;
        }

        /** A stop comes, as the tree's lock and the hand have it. */
        public void stop() {
            life.shut();
            life.stoppedBy(entry);
            life.releaseSelf();
        }

        /** Its time is up. Returns whether it leaked. */
        public boolean giveUp() {
            return life.giveUp(null);
        }

        /** The stop of the owner comes to its end but for the child. */
        public void stopAbove() {
            above.shut();
            above.releaseSelf();
        }

        /** What is to be seen when all is done. */
        public String outcome() {
            return worker.state() + " " + worker.snapshot().stops() + " " + entry.isResolved() + " " + life.isOpen()
                    + " " + above.isSettled() + " " + entryAbove.isResolved();
        }
    }

    /** What it has to look like from outside. */
    public static class Sequential {

        private boolean running = true;
        private boolean self = true;
        private boolean closed;
        private boolean leaked;
        private boolean stopped;
        private boolean aboveStopped;

        private boolean over() {
            return !running && !self;
        }

        public void endRun() {
            running = false;
            self = false;
        }

        public boolean run() {
            return !closed && !over();
        }

        public void stop() {
            closed = true;
            self = false;
            stopped = true;
        }

        public boolean giveUp() {
            if (over() || leaked) {
                return false;
            }
            closed = true;
            leaked = true;
            return true;
        }

        public void stopAbove() {
            aboveStopped = true;
        }

        public String outcome() {
            NodeState state = over() ? NodeState.STOPPED : leaked ? NodeState.LEAKED : NodeState.STARTING;
            boolean aboveOver = aboveStopped && (over() || leaked);
            return state + " " + (over() ? 1 : 0) + " " + (over() && stopped) + " " + (!closed && !over()) + " "
                    + aboveOver + " " + aboveOver;
        }
    }

    private static final Actor END_RUN = operation("endRun");
    private static final Actor RUN = operation("run");
    private static final Actor STOP = operation("stop");
    private static final Actor GIVE_UP = operation("giveUp");
    private static final Actor STOP_ABOVE = operation("stopAbove");
    private static final Actor OUTCOME = operation("outcome");

    private static Actor operation(String name) {
        return Scenarios.operation(Concurrent.class, name);
    }

    private static final Scenarios SCENARIOS = new Scenarios(Sequential.class, 300, OUTCOME);

    private static void check(Actor[]... threads) {
        SCENARIOS.check(Concurrent.class, threads);
    }

    @Test
    void stopHearsOfTheEndWhicheverIsFirst() {
        check(thread(END_RUN), thread(STOP));
    }

    @Test
    void nothingBeginsInAnEndedOrStoppedLife() {
        check(thread(END_RUN), thread(STOP), thread(RUN, RUN));
    }

    @Test
    void itLeaksOrEndsAndThenEndsLateButIsNeverBoth() {
        check(thread(END_RUN), thread(STOP, GIVE_UP));
        check(thread(END_RUN), thread(STOP), thread(GIVE_UP));
    }

    @Test
    void ownerEndsAfterItsChildOrWithoutIt() {
        check(thread(END_RUN), thread(STOP), thread(STOP_ABOVE));
        check(thread(END_RUN), thread(STOP, GIVE_UP), thread(STOP_ABOVE));
    }
}
