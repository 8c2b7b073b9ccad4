package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Timetable.Due;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimetableTest {

    /** About to overflow, as the real clock may be. */
    private static final long START = Long.MAX_VALUE - millis(100);

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    /** Returns what is due when, in milliseconds from the start. */
    private static Map<Due, Long> run(Timetable timetable) {
        Map<Due, Long> times = new LinkedHashMap<>();
        while (!times.containsKey(Due.VERDICT)) {
            long at = timetable.next();
            Due due = timetable.poll(at);
            assertThat(due).isNotNull();
            times.put(due, (at - START) / millis(1));
        }
        return times;
    }

    @Test
    void interruptComesAtOnceAndAgainForTheLastSixth() {
        assertThat(run(new Timetable(StopMode.INTERRUPT, START, START + millis(12_000))))
                .containsExactly(
                        Map.entry(Due.UNBLOCK, 250L),
                        Map.entry(Due.FORCE, 10_000L),
                        Map.entry(Due.FIRST_SAMPLE, 11_800L),
                        Map.entry(Due.LAST_SAMPLE, 11_975L),
                        Map.entry(Due.VERDICT, 12_000L));
    }

    @Test
    void finishIsForcedForTheLastSixthAndUnblockedAfterThat() {
        assertThat(run(new Timetable(StopMode.FINISH, START, START + millis(12_000))))
                .containsExactly(
                        Map.entry(Due.FORCE, 10_000L),
                        Map.entry(Due.UNBLOCK, 10_250L),
                        Map.entry(Due.FIRST_SAMPLE, 11_800L),
                        Map.entry(Due.LAST_SAMPLE, 11_975L),
                        Map.entry(Due.VERDICT, 12_000L));
    }

    @Test
    void unblocksSoonerWhereLessIsLeft() {
        assertThat(run(new Timetable(StopMode.FINISH, START, START + millis(600))))
                .containsEntry(Due.FORCE, 500L)
                .containsEntry(Due.UNBLOCK, 550L)
                .containsEntry(Due.VERDICT, 600L);
    }

    @Test
    void goesStraightToTheInterruptWhereNothingIsLeft() {
        assertThat(run(new Timetable(StopMode.FINISH, START, START - millis(5))))
                .containsEntry(Due.FORCE, 0L)
                .containsEntry(Due.VERDICT, 10L);
    }

    @ParameterizedTest
    @ValueSource(longs = {20, 600, 12_000, 600_000})
    void childExpiresBeforeItsParentByTheMargin(long total) {
        long parent = START + millis(total);
        long child = Timetable.childDeadline(parent, START);
        assertThat((parent - child) / millis(1)).isEqualTo(Math.max(10, total / 50));
    }

    @Test
    void forceBringsEverythingForwardOnce() {
        Timetable timetable = new Timetable(StopMode.FINISH, START, START + millis(12_000));
        timetable.force(START + millis(1_000));
        assertThat(timetable.deadline()).isEqualTo(START + millis(3_000));
        timetable.force(START + millis(1_001));
        assertThat(timetable.deadline()).isEqualTo(START + millis(3_000));
        assertThat(run(timetable)).containsEntry(Due.FORCE, 1_000L).containsEntry(Due.UNBLOCK, 1_250L);
    }

    @Test
    void earlierDeadlineWinsButLeavesAMarginFromNow() {
        Timetable timetable = new Timetable(StopMode.FINISH, START, START + millis(12_000));
        timetable.tighten(START + millis(20_000), START);
        assertThat(timetable.deadline()).isEqualTo(START + millis(12_000));
        timetable.tighten(START + millis(6_000), START);
        assertThat(timetable.deadline()).isEqualTo(START + millis(6_000));
        timetable.tighten(START, START + millis(100));
        assertThat(timetable.deadline()).isEqualTo(START + millis(110));
    }
}
