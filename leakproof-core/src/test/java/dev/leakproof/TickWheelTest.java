package dev.leakproof;

import static java.util.Comparator.comparingLong;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickWheelTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void takesInOrderOfBuckets() {
        TickWheel wheel = new TickWheel(0, 10);
        Entry last = add(wheel, 25, 0);
        Entry first = add(wheel, 8, 0);
        Entry second = add(wheel, 11, 0);
        assertThat(take(wheel, 100)).containsExactly(first, second, last);
    }

    @Test
    void isNeverEarlyAndLessThanAQuantumLate() {
        TickWheel wheel = new TickWheel(5, 10);
        Entry onTheBegin = add(wheel, 15, 5);
        Entry after = add(wheel, 16, 5);
        assertThat(take(wheel, 14)).isEmpty();
        assertThat(take(wheel, 15)).containsExactly(onTheBegin);
        assertThat(take(wheel, 24)).isEmpty();
        assertThat(take(wheel, 25)).containsExactly(after);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 10_000_000, SECOND})
    void findsWhatIsFarAhead(long quantum) {
        for (long origin : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 42}) {
            for (int bit = 0; bit < 63; bit++) {
                TickWheel wheel = new TickWheel(origin, quantum);
                long ahead = 1L << bit;
                Entry entry = add(wheel, origin + ahead, origin);
                long begin = wheel.beginOf(wheel.next());
                assertThat(begin - origin).isBetween(ahead, ahead + quantum - 1);
                assertThat(take(wheel, begin - 1)).isEmpty();
                assertThat(take(wheel, begin)).containsExactly(entry);
                assertThat(wheel.next()).isEqualTo(TickWheel.NEVER);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "10000000", "1000000000"})
    void takesTheFarthestTimeForTheFutureEvenLongAfterTheLastLook(long quantum) {
        TickWheel wheel = new TickWheel(0, quantum);
        long now = 1L << 61;
        Entry never = add(wheel, now + Long.MAX_VALUE, now);
        assertThat(take(wheel, now + SECOND)).isEmpty();
        // The longest times are cut off where the count of buckets ends, after two centuries.
        assertThat((wheel.beginOf(wheel.next()) - now) / SECOND / 86_400 / 365).isBetween(200L, 292L);
        wheel.remove(never);
        assertThat(wheel.size()).isZero();
    }

    @Test
    void whatIsDueIsTakenInPortionsWithoutHoldingUpWhatIsAddedMeanwhile() {
        TickWheel wheel = new TickWheel(0, 10);
        for (int i = 0; i < 5; i++) {
            add(wheel, 10, 0);
        }
        Tick[] into = new Tick[2];
        assertThat(wheel.take(30, into)).isEqualTo(2);
        Entry overdue = add(wheel, 1, 30);
        assertThat(wheel.take(30, into)).isEqualTo(2);
        assertThat(wheel.take(30, into)).isEqualTo(2);
        assertThat(into[1]).isSameAs(overdue);
        assertThat(wheel.take(30, into)).isZero();
    }

    /** Whatever is done to it, it takes out what a sorted set would. */
    @ParameterizedTest
    @CsvSource({"1, 0", "1, -5", "3, 9223372036854775000", "1000, -9223372036854775808", "10000000, 77"})
    void behavesLikeASortedSet(long quantum, long origin) {
        for (long seed = 0; seed < 300; seed++) {
            try {
                new Model(quantum, origin, seed).run(400);
            } catch (Throwable e) {
                throw new AssertionError("quantum " + quantum + ", origin " + origin + ", seed " + seed, e);
            }
        }
    }

    private static Entry add(TickWheel wheel, long due, long now) {
        Entry entry = new Entry();
        wheel.add(entry, due, now);
        return entry;
    }

    private static List<Tick> take(TickWheel wheel, long now) {
        List<Tick> all = new ArrayList<>();
        Tick[] into = new Tick[3];
        for (int taken = wheel.take(now, into); taken > 0; taken = wheel.take(now, into)) {
            all.addAll(Arrays.asList(into).subList(0, taken));
        }
        return all;
    }

    private static final class Entry extends Tick {
        long due; // relative to the origin, as all times of the model are
        long order;

        @Override
        void fire(long nanoTime) {}

        @Override
        public String toString() {
            return "due " + due + " in bucket " + bucket;
        }
    }

    private static final class Model {
        final long quantum;
        final long origin;
        final Random random;
        final TickWheel wheel;
        final TreeSet<Entry> expected =
                new TreeSet<>(comparingLong((Entry e) -> e.bucket).thenComparingLong(e -> e.order));
        final List<Entry> idle = new ArrayList<>();
        long now;
        long order;
        boolean removed;

        Model(long quantum, long origin, long seed) {
            this.quantum = quantum;
            this.origin = origin;
            this.random = new Random(seed);
            this.wheel = new TickWheel(origin, quantum);
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> add();
                    case 2 -> remove();
                    case 3 -> advance();
                    default -> take(1 + random.nextInt(4));
                }
                check();
            }
            now = expected.isEmpty() ? now : Math.max(now, expected.last().bucket * quantum);
            take(Integer.MAX_VALUE);
            check();
            assertThat(expected).isEmpty();
        }

        void add() {
            Entry entry = idle.isEmpty() ? new Entry() : idle.remove(random.nextInt(idle.size()));
            entry.due = now + ahead() - (random.nextInt(4) == 0 ? ahead() : 0);
            entry.order = order++;
            wheel.add(entry, origin + entry.due, origin + now);
            long begin = entry.bucket * quantum;
            assertThat(begin).isGreaterThanOrEqualTo(Math.min(entry.due, now - now % quantum));
            assertThat(begin - Math.max(entry.due, now)).isLessThan(quantum);
            expected.add(entry);
        }

        void remove() {
            if (!expected.isEmpty()) {
                List<Entry> all = List.copyOf(expected);
                Entry entry = all.get(random.nextInt(all.size()));
                expected.remove(entry);
                wheel.remove(entry);
                idle.add(entry);
                removed = true;
            }
        }

        void advance() {
            now += random.nextBoolean() && !expected.isEmpty()
                    ? Math.max(0, expected.first().bucket * quantum - now - random.nextInt(2))
                    : ahead();
        }

        /** Of any magnitude, so that every level comes into play. */
        long ahead() {
            return random.nextLong() >>> (10 + random.nextInt(54));
        }

        void take(int most) {
            Tick[] into = new Tick[Math.min(most, 10_000)];
            int taken = wheel.take(origin + now, into);
            for (int i = 0; i < taken; i++) {
                Entry entry = (Entry) into[i];
                assertThat(entry.bucket).isEqualTo(expected.first().bucket);
                assertThat(expected.remove(entry)).isTrue();
                assertThat(entry.due).isLessThanOrEqualTo(now);
                assertThat(entry.claim()).isTrue();
                idle.add(entry);
            }
            if (taken < into.length && !expected.isEmpty()) {
                assertThat(expected.first().bucket * quantum).isGreaterThan(now);
            }
        }

        void check() {
            assertThat(wheel.size()).isEqualTo(expected.size());
            long next = expected.isEmpty() ? TickWheel.NEVER : expected.first().bucket;
            if (removed) {
                assertThat(wheel.next()).isLessThanOrEqualTo(next);
            } else {
                assertThat(wheel.next()).isEqualTo(next);
            }
        }
    }
}
