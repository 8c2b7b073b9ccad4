package dev.leakproof.spring.actuate;

import dev.leakproof.spring.context.ShutdownBudget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a shutdown may take at most, and what the pod gets. Nulls are left out of the JSON.
 *
 * @param preStop what the preStop hook takes
 * @param early what stops before the web server drains
 * @param webDrain how long the web server may wait for its requests
 * @param workers how long the tree gets
 * @param margin what is to be left at the end
 * @param total the sum
 * @param gracePeriod what the pod gets; null where it is neither known nor assumed
 * @param fits whether the sum is within it; null as above
 * @param arithmetic all that in words; null as above
 */
public record ShutdownDescriptor(
        Duration preStop,
        Duration early,
        Duration webDrain,
        Duration workers,
        Duration margin,
        Duration total,
        @Nullable Duration gracePeriod,
        @Nullable Boolean fits,
        @Nullable String arithmetic) {

    static @Nullable ShutdownDescriptor of(@Nullable ShutdownBudget budget) {
        if (budget == null) {
            return null;
        }
        boolean applies = budget.grace().applies();
        return new ShutdownDescriptor(
                budget.preStop(),
                budget.early(),
                budget.webDrain(),
                budget.workers(),
                budget.grace().margin(),
                budget.total(),
                applies ? budget.available() : null,
                applies ? budget.fits() : null,
                applies ? budget.arithmetic() : null);
    }
}
