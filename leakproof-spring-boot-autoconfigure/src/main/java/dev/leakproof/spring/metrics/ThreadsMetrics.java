package dev.leakproof.spring.metrics;

import dev.leakproof.census.Ownership;
import dev.leakproof.spring.census.CensusSweep;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;

/** Binds the census to a registry: how many platform threads there are of each ownership, as of the last sweep. */
public final class ThreadsMetrics implements MeterBinder {

    private final CensusSweep sweep;

    /** Creates a binder for what {@code sweep} finds. */
    public ThreadsMetrics(CensusSweep sweep) {
        this.sweep = sweep;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (Ownership ownership : Ownership.values()) {
            Gauge.builder("leakproof.threads", sweep, last -> last.latest().count(ownership))
                    .description("Live platform threads by whose they are")
                    .baseUnit("threads")
                    .tag("ownership", ownership.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }
}
