package dev.leakproof;

import static dev.leakproof.Scenarios.thread;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Has the interleavings of groups that are opened and closed in one place explored, and of a stop that looks for them: in
 * the end those are there that were not closed, and where there was a stop each of them knows of it.
 *
 * <p>What it is known to find in {@link OpenGroups}, each seeded once and taken out again: {@code add} that writes {@code
 * alone} without comparing (a group is lost), and so {@code remove} (another's place is cleared); a {@code list} that
 * looks at the one alone only if none is linked.
 */
@Tag("slow")
@Tag("model")
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "The model is of the code, not of the JVM: one will do")
public class OpenGroupsModelTest {

    /** The place, and three groups to be put there. */
    public static class Concurrent {

        private final OpenGroups place = new OpenGroups();
        private final List<TaskGroup<?>> groups;
        private final AtomicIntegerArray told = new AtomicIntegerArray(3);
        private volatile boolean stopped;

        public Concurrent() {
            Owner app = Owner.named("app").context(ContextCapture.NONE).build();
            app.begin(new Incarnation(app, null, app.ownTree()));
            groups = List.of(closed(app), closed(app), closed(app));
        }

        private static TaskGroup<?> closed(Owner app) {
            try (TaskGroup<Object> group =
                    TaskGroup.in(app, "group").createdAt("here").open()) {
                return group;
            }
        }

        public void add(int index) {
            place.add(groups.get(index));
            if (stopped) {
                told.set(index, 1);
            }
        }

        public void remove(int index) {
            place.remove(groups.get(index));
        }

        public void stop() {
            stopped = true;
            place.list().forEach(group -> told.set(groups.indexOf(group), 1));
        }

        public String outcome() {
            List<TaskGroup<?>> left = place.list();
            return shown(index -> left.contains(groups.get(index)), index -> told.get(index) == 1) + place.size();
        }
    }

    /** What it has to look like from outside. */
    public static class Sequential {

        private final boolean[] open = new boolean[3];
        private final boolean[] told = new boolean[3];
        private boolean stopped;

        public void add(int index) {
            open[index] = true;
            told[index] |= stopped;
        }

        public void remove(int index) {
            open[index] = false;
        }

        public void stop() {
            stopped = true;
            for (int i = 0; i < open.length; i++) {
                told[i] |= open[i];
            }
        }

        public String outcome() {
            long left = IntStream.range(0, 3).filter(i -> open[i]).count();
            return shown(index -> open[index], index -> told[index]) + left;
        }
    }

    private interface Question {
        boolean ask(int index);
    }

    private static String shown(Question open, Question told) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            if (open.ask(i)) {
                shown.append(i).append(told.ask(i) ? " told, " : " not told, ");
            }
        }
        return shown.toString();
    }

    private static Actor operation(String name, Object... arguments) {
        return Scenarios.operation(Concurrent.class, name, arguments);
    }

    private static Actor add(int index) {
        return operation("add", index);
    }

    private static Actor remove(int index) {
        return operation("remove", index);
    }

    private static final Actor STOP = operation("stop");
    private static final Actor OUTCOME = operation("outcome");

    private static final Scenarios SCENARIOS = new Scenarios(Sequential.class, 200, OUTCOME);

    private static void check(Actor[]... threads) {
        SCENARIOS.check(Concurrent.class, threads);
    }

    @Test
    void noneIsLost() {
        check(thread(add(0)), thread(add(1)), thread(add(2)));
    }

    @Test
    void eachLeavesItsOwnPlace() {
        check(thread(add(0), remove(0)), thread(add(1), remove(1)), thread(add(2)));
        check(thread(add(0), add(1), remove(0)), thread(add(2), remove(2)));
    }

    @Test
    void twoWhoRemoveOneRemoveNoOther() {
        check(thread(add(0), remove(0)), thread(remove(0)), thread(add(1)));
    }

    @Test
    void aStopMissesNone() {
        check(thread(add(0), add(1)), thread(STOP));
        check(thread(add(0), remove(0), add(1)), thread(add(2)), thread(STOP));
    }
}
