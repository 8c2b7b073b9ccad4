package dev.leakproof.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Named contestants that do the same work, side by side: every round has each of them do it once, in a new order, and
 * each one's ratio is to what the first, the limit, took in the same round. So a machine that is busy for a while is busy
 * for all of them.
 *
 * <pre>{@code
 * Contest.in("fork", "1,000 forks").size(1000)
 *         .limit("bare virtual threads", nanosPer(1000, () -> ...))
 *         .with("TaskGroup", nanosPer(1000, () -> ...))
 *         .run(40);
 * }</pre>
 */
public final class Contest {

    private final String area;
    private final String row;
    private final Map<String, Measured> contestants = new LinkedHashMap<>();
    private String unit = "ns";
    private boolean limited;
    private long size;
    private double warmUpSeconds = Settings.warmUpSeconds();
    private boolean fresh;
    private boolean collecting;
    private Duration runningIn = Duration.ZERO;

    private Contest(String area, String row) {
        this.area = area;
        this.row = row;
    }

    /** Begins a contest, which is one row of the table of {@code area}. */
    public static Contest in(String area, String row) {
        return new Contest(area, row);
    }

    /** Sets what the contestants return; {@code ns} by default. */
    public Contest unit(String unit) {
        this.unit = unit;
        return this;
    }

    /** Sets the size of the work, of which the report finds the growth. */
    public Contest size(long size) {
        this.size = size;
        return this;
    }

    /** Sets how long all contestants together are run before it counts, in seconds, once each at least. */
    public Contest warmUp(double seconds) {
        this.warmUpSeconds = seconds;
        return this;
    }

    /** Has no warm-up at all, as each turn of a contestant is in a JVM of its own. */
    public Contest inFreshJvms() {
        this.fresh = true;
        return this;
    }

    /** Collects garbage before each measurement, where one contestant's would be paid for by the next. */
    public Contest collecting() {
        this.collecting = true;
        return this;
    }

    /**
     * Has each do it for so long just before it counts, and once at least. By default not at all: where a turn is over soon,
     * it still shows who ran before, and that there was a collection, after which compiled code is let in anew.
     */
    public Contest runningIn(Duration time) {
        this.runningIn = time;
        return this;
    }

    /** Adds the one to which the others are compared; before all others. */
    public Contest limit(String name, Measured measured) {
        if (!contestants.isEmpty()) {
            throw new IllegalStateException("The limit of " + area + " comes first");
        }
        limited = true;
        return with(name, measured);
    }

    /** Adds one more. */
    public Contest with(String name, Measured measured) {
        if (contestants.putIfAbsent(name, measured) != null) {
            throw new IllegalArgumentException("There is a '" + name + "' in " + area + " already");
        }
        return this;
    }

    /** Runs so many rounds, prints what they came to, and adds it to the results. */
    public List<Result> run(int rounds) throws Exception {
        List<String> order = new ArrayList<>(contestants.keySet());
        Map<String, double[]> taken = new LinkedHashMap<>();
        order.forEach(name -> taken.put(name, new double[rounds]));
        Random random = new Random(7);
        if (!fresh) {
            warmUp(order, random);
        }
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (String name : order) {
                taken.get(name)[round] = measure(name);
            }
        }
        List<Result> results = new ArrayList<>();
        double[] limit = limited ? taken.values().iterator().next() : null;
        taken.forEach((name, values) -> results.add(result(name, values, limit)));
        Results.add(results);
        return results;
    }

    private void warmUp(List<String> order, Random random) throws Exception {
        long warm = System.nanoTime() + (long) (warmUpSeconds * 1e9);
        do {
            Collections.shuffle(order, random);
            for (String name : order) {
                contestant(name).once();
            }
        } while (System.nanoTime() < warm);
    }

    private double measure(String name) throws Exception {
        if (collecting) {
            System.gc();
        }
        Measured contestant = contestant(name);
        if (!runningIn.isZero()) {
            long in = System.nanoTime() + runningIn.toNanos();
            do {
                contestant.once();
            } while (System.nanoTime() < in);
        }
        return contestant.once();
    }

    private Measured contestant(String name) {
        return Objects.requireNonNull(contestants.get(name));
    }

    private Result result(String name, double[] values, double[] limit) {
        double[] ratios = new double[limit == null ? 0 : values.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = values[i] / limit[i];
        }
        Spread spread = Spread.of(values);
        Spread ratio = Spread.of(ratios);
        return new Result(
                area,
                row,
                name,
                unit,
                spread.median(),
                spread.low(),
                spread.high(),
                ratio.median(),
                ratio.low(),
                ratio.high(),
                values.length,
                size,
                System.getProperty("java.version"));
    }
}
