package dev.leakproof.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How a check is done.
 *
 * @param since what is overlooked for its age
 * @param allowed what is overlooked for a reason
 * @param grace how long threads get to end by themselves
 * @param interrupt whether to see if leaks survive an interrupt
 */
record Settings(Baseline since, List<Allowance> allowed, Duration grace, boolean interrupt) {

    /** An HttpClient that nobody refers to looks about itself only every three seconds before JDK 21. */
    static final Duration DEFAULT_GRACE = Duration.ofSeconds(Runtime.version().feature() < 21 ? 5 : 2);

    private static final Duration LONGEST_GRACE = Duration.ofMinutes(10);

    private static final List<Allowance> SHIPPED =
            Stream.of(RunnerThreads.ALL, IdlePools.ALL).flatMap(List::stream).toList();

    static final Settings DEFAULT = new Settings(Baseline.NONE, SHIPPED, DEFAULT_GRACE, false);

    /** @throws IllegalArgumentException if an option is given twice that counts once */
    static Settings of(LeakOption... options) {
        Settings settings = DEFAULT;
        Set<String> seen = new HashSet<>();
        for (LeakOption option : options) {
            if (!option.kind.isEmpty() && !seen.add(option.kind)) {
                throw new IllegalArgumentException(
                        "Expected the option '" + option.kind + "' once, but it is given twice: remove one");
            }
            settings = option.applyTo(settings);
        }
        return settings;
    }

    static void check(Duration grace) {
        if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw new IllegalArgumentException("Expected a grace from zero to 10 minutes, but was " + grace);
        }
    }

    Settings since(Baseline baseline) {
        return new Settings(baseline, allowed, grace, interrupt);
    }

    Settings allowing(Allowance allowance) {
        List<Allowance> more = new ArrayList<>(allowed);
        more.add(allowance);
        return new Settings(since, List.copyOf(more), grace, interrupt);
    }

    Settings grace(Duration longest) {
        return new Settings(since, allowed, longest, interrupt);
    }

    Settings interrupting() {
        return new Settings(since, allowed, grace, true);
    }
}
