package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgendaTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Owner app = Owner.named("app").build();
    private final Agenda agenda = new Agenda();

    private StopEntry entry(long start, long deadline) {
        return new StopEntry(new Incarnation(app, null, app.ownTree()), start, deadline);
    }

    /** What is due first is the look for something to unblock, a quarter of a second after the interrupt. */
    private StopEntry begunAt(long start) {
        StopEntry entry = entry(start, start + 60 * SECOND);
        agenda.put(entry);
        return entry;
    }

    @Test
    void comesUpInTheOrderOfTimeAndNotBefore() {
        StopEntry second = begunAt(2 * SECOND);
        StopEntry first = begunAt(SECOND);
        StopEntry third = begunAt(3 * SECOND);
        assertThat(agenda.takeDue(first.next() - 1)).isNull();
        assertThat(agenda.takeDue(first.next())).isSameAs(first);
        assertThat(agenda.takeDue(first.next())).isNull();
        assertThat(agenda.takeDue(third.next())).isSameAs(second);
        assertThat(agenda.takeDue(third.next())).isSameAs(third);
        assertThat(agenda.takeDue(Long.MAX_VALUE)).isNull();
    }

    @Test
    void timesAreComparedBySubtraction() {
        StopEntry beforeTheOverflow = begunAt(Long.MAX_VALUE - SECOND);
        StopEntry afterIt = begunAt(Long.MIN_VALUE + SECOND);
        assertThat(agenda.takeDue(beforeTheOverflow.next())).isSameAs(beforeTheOverflow);
        assertThat(agenda.takeDue(beforeTheOverflow.next())).isNull();
        assertThat(agenda.takeDue(afterIt.next())).isSameAs(afterIt);
    }

    @Test
    void oneThatIsDueSoonerThanItWasComesUpThenAndIsPassedOverLater() {
        StopEntry entry = begunAt(0);
        long before = entry.next();
        entry.force(SECOND / 100);
        agenda.put(entry);
        assertThat(entry.next()).isLessThan(before);
        assertThat(agenda.takeDue(entry.next())).isSameAs(entry);
        while (entry.next() <= before) {
            entry.poll(before);
        }
        assertThat(agenda.takeDue(before)).isNull();
    }

    @Test
    void oneThatIsPutTwiceComesUpOnce() {
        StopEntry entry = begunAt(0);
        agenda.put(entry);
        assertThat(agenda.takeDue(Long.MAX_VALUE)).isSameAs(entry);
        assertThat(agenda.takeDue(Long.MAX_VALUE)).isNull();
    }

    /** A watch that comes late finds much that is due; the times are in their order all the same. */
    @Test
    void whatComesUpLateComesUpInOrder() {
        StopEntry parent = begunAt(0);
        agenda.put(parent);
        StopEntry child = entry(0, 60 * SECOND - Timetable.MARGIN);
        agenda.put(child);
        List<StopEntry> verdicts = new ArrayList<>();
        long late = 100 * SECOND;
        for (StopEntry next = agenda.takeDue(late); next != null; next = agenda.takeDue(late)) {
            Timetable.Due due = next.poll(late);
            if (due == Timetable.Due.VERDICT) {
                verdicts.add(next);
            } else if (due != null) {
                agenda.put(next);
            }
        }
        assertThat(verdicts).containsExactly(child, parent);
    }

    @Test
    void ofTwoThatAreDueTogetherTheParentComesFirst() {
        StopEntry parent = entry(0, 60 * SECOND);
        StopEntry child = entry(0, 60 * SECOND);
        agenda.put(child);
        agenda.put(parent);
        assertThat(agenda.takeDue(parent.next())).isSameAs(parent);
        assertThat(agenda.takeDue(parent.next())).isSameAs(child);
    }

    @Test
    void saysHowLongThereIsNothingToDo() {
        assertThat(agenda.nanosLeft()).isEqualTo(Long.MAX_VALUE);
        StopEntry entry = begunAt(System.nanoTime() + 60 * SECOND);
        assertThat(agenda.nanosLeft()).isBetween(1L, entry.next() - System.nanoTime() + SECOND);
        agenda.put(begunAt(System.nanoTime() - 60 * SECOND));
        assertThat(agenda.nanosLeft()).isZero();
    }
}
