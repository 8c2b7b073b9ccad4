package dev.leakproof.spring.actuate;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RunStats;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down while a worker has failed for good, or has leaked and still runs. Stopped ones are no harm; a failed run that is
 * to be followed by another neither.
 */
public final class WorkersHealthIndicator extends AbstractHealthIndicator {

    private final Owner root;

    /** Creates an indicator for the tree below {@code root}. */
    public WorkersHealthIndicator(Owner root) {
        super("The health of the workers could not be determined");
        this.root = root;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Map<String, Object> troubles = new TreeMap<>();
        Map<String, Integer> states = new TreeMap<>();
        root.snapshot().all().filter(node -> node.kind() != NodeKind.OWNER).forEach(node -> {
            states.merge(NodeDescriptor.lower(node.state()), 1, Integer::sum);
            if (node.state() == NodeState.FAILED) {
                troubles.put(node.path(), "failed: " + node.failure());
            } else if (isLeaking(node)) {
                troubles.put(
                        node.path(),
                        "leaked: " + (node.leak() == null ? "" : node.leak().where()));
            } else if (node.runs() != null && isFailing(node, node.runs())) {
                troubles.put(node.path(), "failing: " + node.runs().lastFailure());
            }
        });
        builder.up().withDetail("workers", states);
        if (!troubles.isEmpty()) {
            builder.down().withDetail("troubles", troubles);
        }
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
