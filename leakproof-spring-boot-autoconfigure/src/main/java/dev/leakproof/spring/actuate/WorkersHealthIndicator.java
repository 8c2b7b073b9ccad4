package dev.leakproof.spring.actuate;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RunStats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down while something is in trouble: a worker that has failed for good, one that has leaked and still runs, a heartbeat
 * that is stale, or whose beats have failed as often in a row as its threshold says.
 *
 * <p>A heartbeat is stale when a beat was due longer ago than the tolerance and has not begun. One that is paused, stopped
 * or waits for its next beat is not. What may become a trouble is a warning, which is shown and changes nothing: failed
 * runs in a row, a restart that is waited for, a run without a sign of life. Workers that have stopped are neither.
 */
public final class WorkersHealthIndicator extends AbstractHealthIndicator {

    private final Owner root;
    private final Duration tolerance;
    private final InstantSource clock;

    /**
     * Creates an indicator for the tree below {@code root}.
     *
     * @param tolerance how late a beat may be
     */
    public WorkersHealthIndicator(Owner root, Duration tolerance) {
        this(root, tolerance, InstantSource.system());
    }

    WorkersHealthIndicator(Owner root, Duration tolerance, InstantSource clock) {
        super("The health of the workers could not be determined");
        this.root = root;
        this.tolerance = tolerance;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Instant now = clock.instant();
        Map<String, Integer> states = new TreeMap<>();
        Map<String, Object> troubles = new TreeMap<>();
        Map<String, Object> warnings = new TreeMap<>();
        root.snapshot().all().filter(node -> node.kind() != NodeKind.OWNER).forEach(node -> {
            states.merge(NodeDescriptor.lower(node.state()), 1, Integer::sum);
            put(troubles, node, troubles(node, now));
            put(warnings, node, warnings(node, now));
        });
        builder.up().withDetail("workers", states);
        if (!troubles.isEmpty()) {
            builder.down().withDetail("troubles", troubles);
        }
        if (!warnings.isEmpty()) {
            builder.withDetail("warnings", warnings);
        }
    }

    private static void put(Map<String, Object> details, NodeSnapshot node, List<String> found) {
        if (!found.isEmpty()) {
            details.put(node.path(), String.valueOf(Texts.wellFormed(String.join("; ", found))));
        }
    }

    private List<String> troubles(NodeSnapshot node, Instant now) {
        List<String> troubles = new ArrayList<>(0);
        if (node.state() == NodeState.FAILED) {
            troubles.add("failed: " + node.failure());
        }
        if (isLeaking(node)) {
            troubles.add("leaked: " + (node.leak() == null ? "" : node.leak().where()));
        }
        RunStats runs = node.runs();
        if (runs != null && isFailing(node, runs)) {
            troubles.add("failing: " + runs.lastFailure());
        }
        if (node.kind() == NodeKind.HEARTBEAT && runs != null && runs.nextDue() != null) {
            Duration late = Duration.between(runs.nextDue(), now);
            if (late.compareTo(tolerance) > 0) {
                troubles.add("stale: a beat is due since " + TreeDrawing.print(late));
            }
        }
        return troubles;
    }

    private static List<String> warnings(NodeSnapshot node, Instant now) {
        List<String> warnings = new ArrayList<>(0);
        RunStats runs = node.runs();
        if (runs != null && runs.consecutiveFailures() > 0 && node.state() != NodeState.FAILED) {
            warnings.add(runs.consecutiveFailures() + " failed in a row, the last by " + runs.lastFailure());
        }
        if (node.state() == NodeState.BACKING_OFF) {
            warnings.add("waits to be started again");
        }
        if (node.progress() != null && node.progress().stalled()) {
            Duration silent = Duration.between(node.progress().lastSign(), now);
            warnings.add("stalled: no sign of life since " + TreeDrawing.print(silent));
        }
        return warnings;
    }

    /** A heartbeat may say how many beats in a row have to fail. */
    private static boolean isFailing(NodeSnapshot node, RunStats runs) {
        return node.details().get("failureThreshold") instanceof Integer threshold
                && runs.consecutiveFailures() >= threshold;
    }

    /** A leaked one that has ended since does no more harm. */
    private static boolean isLeaking(NodeSnapshot node) {
        return node.state() == NodeState.LEAKED && node.stops() < node.starts();
    }
}
