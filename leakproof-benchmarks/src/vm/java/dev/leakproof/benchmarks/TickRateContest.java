package dev.leakproof.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** A million beats a second: how many of them come, and how late. */
final class TickRateContest {

    private static final int BEATS = 100_000;
    private static final Duration PERIOD = Duration.ofMillis(100);

    private TickRateContest() {}

    /** Counts the beats by the tenth of a millisecond that they are late; the last place is for all that are later. */
    private static final class Lateness {

        private static final int PLACES = 10_000;
        private static final double PLACES_A_MILLISECOND = 10;

        private final AtomicLongArray counts = new AtomicLongArray(PLACES);
        private volatile boolean counting;

        void add(long nanos) {
            if (counting) {
                int place = (int) (Math.max(0, nanos) / 1e6 * PLACES_A_MILLISECOND);
                counts.incrementAndGet(Math.min(place, PLACES - 1));
            }
        }

        long total() {
            long total = 0;
            for (int i = 0; i < PLACES; i++) {
                total += counts.get(i);
            }
            return total;
        }

        double millis(double part) {
            long left = (long) (part * total());
            for (int i = 0; i < PLACES; i++) {
                left -= counts.get(i);
                if (left < 0) {
                    return (i + 1) / PLACES_A_MILLISECOND;
                }
            }
            return PLACES / PLACES_A_MILLISECOND;
        }
    }

    public static void main(String[] args) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        Contest contest = Contest.in("tick-rate", "p99 late").unit("ms").warmUp(0);
        Map<String, Ticking> contestants = new LinkedHashMap<>();
        contestants.put("heartbeats, slack 10 ms", Ticking.heartbeats(Duration.ofMillis(10)));
        contestants.put("heartbeats, slack 1 ms", Ticking.heartbeats(Duration.ofMillis(1)));
        contestants.put("sleeping virtual threads", Ticking.sleeping());
        contestants.put("Spring ThreadPoolTaskScheduler", Ticking.pool());
        contestants.forEach((name, ticking) ->
                contest.with(name, p99(ticking, rates.computeIfAbsent(name, key -> new ArrayList<>()))));
        int rounds = Settings.rounds(3, 1);
        contest.run(rounds);
        List<Result> results = new ArrayList<>();
        rates.forEach((name, all) -> {
            // Without the round that warmed up.
            Spread spread = Spread.of(all.subList(all.size() - rounds, all.size()).stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray());
            results.add(new Result(
                    "tick-rate",
                    "beats",
                    name,
                    "M/s",
                    spread.median(),
                    spread.low(),
                    spread.high(),
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    rounds,
                    0,
                    System.getProperty("java.version")));
        });
        Results.add(results);
        System.exit(0);
    }

    private static Measured p99(Ticking ticking, List<Double> rates) {
        return () -> {
            Lateness lateness = new Lateness();
            LongAdder count = new LongAdder();
            long[] first = new long[1];
            Ticking.Beats beats = Ticking.Beats.of(BEATS, PERIOD, beat -> {
                count.increment();
                // Who is later than a period is seen by the rate.
                lateness.add((System.nanoTime() - first[0] - PERIOD.toNanos() * beat / BEATS) % PERIOD.toNanos());
            });
            first[0] = beats.first();
            try (AutoCloseable running = ticking.begin(beats)) {
                beats.await(20);
                // To begin so many leaves much that the first collections would have to copy.
                System.gc();
                Thread.sleep(1_000);
                lateness.counting = true;
                long begun = System.nanoTime();
                long before = count.sum();
                // A collection comes every two seconds or so: long enough for the share of the beats that it holds up.
                Thread.sleep(Settings.isShort() ? 3_000 : 5_000);
                rates.add((count.sum() - before) * 1e3 / (System.nanoTime() - begun));
                return lateness.millis(.99);
            }
        };
    }
}
