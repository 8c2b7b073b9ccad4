package dev.leakproof.spring.context;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * What the parts of a shutdown, which come one after the other, may take at most, against the {@link GracePeriod}.
 *
 * @param grace what there is
 * @param early what stops before the web server drains
 * @param webDrain the web server's wait for its requests; zero where there is none
 * @param workers the stop of the tree
 */
public record ShutdownBudget(GracePeriod grace, Duration early, Duration webDrain, Duration workers) {

    /** Returns what the preStop hook takes. */
    public Duration preStop() {
        return grace.preStop() == null ? Duration.ZERO : grace.preStop();
    }

    /** Returns the sum of all parts and the margin. */
    public Duration total() {
        return preStop().plus(early).plus(webDrain).plus(workers).plus(grace.margin());
    }

    /** Returns what there is to spend: the grace period, which may be an assumption. */
    public Duration available() {
        return grace.configured() == null ? GracePeriod.KUBERNETES_DEFAULT : grace.configured();
    }

    /** Whether there is a grace period to keep to, known or assumed. */
    public boolean isChecked() {
        return grace.applies() && grace.onOverrun() != OnOverrun.IGNORE;
    }

    /** Whether the sum is within the grace period. */
    public boolean fits() {
        return total().compareTo(available()) <= 0;
    }

    /** Returns the sum in words, such as {@code preStop 5s + web drain 10s + workers 12s + margin 3s = 30s of 30s}. */
    public String arithmetic() {
        StringJoiner sum = new StringJoiner(" + ");
        add(sum, "preStop ", preStop());
        add(sum, "early stops ", early);
        add(sum, "web drain ", webDrain);
        add(sum, "workers ", workers);
        add(sum, "margin ", grace.margin());
        return sum + " = " + Printed.of(total()) + " of " + Printed.of(available())
                + (grace.configured() == null
                        ? " (Kubernetes' default: leakproof.shutdown.grace-period is not set)"
                        : "");
    }

    /** Returns the lines to change, any of which makes it fit. */
    String advice() {
        Duration excess = total().minus(available());
        long seconds = total().plusMillis(999).toSeconds();
        List<String> ways = new ArrayList<>();
        ways.add("terminationGracePeriodSeconds: " + seconds
                + " in the pod's manifest and leakproof.shutdown.grace-period=" + seconds + "s");
        shortened("spring.lifecycle.timeout-per-shutdown-phase", webDrain, excess, ways);
        shortened("leakproof.shutdown.timeout", workers, excess, ways);
        return "Set " + String.join(", or ", ways) + ".";
    }

    private static void shortened(String property, Duration now, Duration excess, List<String> ways) {
        Duration left = now.minus(excess);
        if (left.compareTo(Duration.ofSeconds(1)) >= 0) {
            ways.add(property + "=" + Printed.of(left));
        }
    }

    private static void add(StringJoiner sum, String part, Duration length) {
        if (!length.isZero()) {
            sum.add(part + Printed.of(length));
        }
    }
}
