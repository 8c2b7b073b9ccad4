package dev.leakproof.spring.actuate;

import dev.leakproof.census.Ownership;
import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.census.Sweep;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * How many threads are whose, and what is wrong with them. Always up: to restart a service does not mend a thread that it
 * will start again.
 */
public final class ThreadsHealthIndicator extends AbstractHealthIndicator {

    private static final int MOST = 20;

    private final CensusSweep sweep;

    /** Creates an indicator that tells what {@code sweep} found last. */
    public ThreadsHealthIndicator(CensusSweep sweep) {
        super("The health of the threads could not be determined");
        this.sweep = sweep;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Sweep last = sweep.latest();
        Map<String, Integer> counts = new TreeMap<>();
        for (Ownership ownership : Ownership.values()) {
            counts.put(NodeDescriptor.lower(ownership), last.count(ownership));
        }
        builder.up().withDetail("threads", counts);
        if (!last.suspects().isEmpty()) {
            builder.withDetail(
                    "suspects",
                    last.suspects().stream().limit(MOST).map(Object::toString).toList());
        }
        if (!last.overdue().isEmpty()) {
            builder.withDetail(
                    "unowned",
                    last.overdue().stream().limit(MOST).map(Object::toString).toList());
        }
    }
}
