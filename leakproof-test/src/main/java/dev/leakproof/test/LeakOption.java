package dev.leakproof.test;

import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Changes what {@link Leaks#verifyNone} does. Immutable. */
public final class LeakOption {

    /** What it is, where only one of a kind makes sense; else empty. */
    final String kind;

    private final UnaryOperator<Settings> change;

    private LeakOption(String kind, UnaryOperator<Settings> change) {
        this.kind = kind;
        this.change = change;
    }

    /** Overlooks what was alive at {@code baseline}. By default everything counts that is not the JVM's or the runner's. */
    public static LeakOption since(Baseline baseline) {
        Objects.requireNonNull(baseline, "baseline");
        return new LeakOption("since", settings -> settings.since(baseline));
    }

    /** Overlooks what {@code allowance} allows; may be given any number of times. */
    public static LeakOption allow(Allowance allowance) {
        Objects.requireNonNull(allowance, "allowance");
        return new LeakOption("", settings -> settings.allowing(allowance));
    }

    /**
     * Sets how long threads get to end by themselves. By default 2 seconds, before JDK 21 5, which are spent only if there are any.
     *
     * @param grace from zero, which means that the first look decides, to 10 minutes
     * @throws IllegalArgumentException if it is out of bounds
     */
    public static LeakOption grace(Duration grace) {
        Settings.check(grace);
        return new LeakOption("grace", settings -> settings.grace(grace));
    }

    /**
     * Has each leaked thread interrupted, after the verdict and at most half a second for all, to say whether it survives
     * that. By default not: what loops over something interruptible may start to spin.
     */
    public static LeakOption interrupting() {
        return new LeakOption("interrupting", Settings::interrupting);
    }

    Settings applyTo(Settings settings) {
        return change.apply(settings);
    }
}
