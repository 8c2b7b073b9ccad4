package dev.leakproof.spring.beans;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.Progress;
import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What leakproof does regularly for its own tree: it logs which workers have stalled, once each time they do. */
public final class Housekeeping implements WorkerBody {

    /** What names its heartbeat in logs, metrics and properties. */
    public static final String ID = "leakproof.housekeeping";

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration PERIOD = Duration.ofSeconds(30);

    private final Owner root;
    private final Set<String> stalled = ConcurrentHashMap.newKeySet();

    /** Creates one for the tree below {@code root}. */
    public Housekeeping(Owner root) {
        this.root = root;
    }

    /** Returns a heartbeat that does this every 30 seconds; it has a place in the tree, but no owner yet. */
    public Heartbeat heartbeat() {
        return Heartbeat.named("housekeeping")
                .id(ID)
                .ownedBy("leakproof")
                .createdAt("leakproof")
                .every(PERIOD)
                .initialDelay(PERIOD)
                .beat(this);
    }

    @Override
    public void run(WorkerContext ctx) {
        Set<String> now = root.snapshot()
                .all()
                .filter(node -> node.progress() != null && node.progress().stalled())
                .peek(this::report)
                .map(NodeSnapshot::path)
                .collect(Collectors.toSet());
        stalled.retainAll(now);
    }

    private void report(NodeSnapshot node) {
        Progress progress = node.progress();
        if (progress != null && stalled.add(node.path())) {
            log.warn(
                    "The {} '{}' (thread '{}') has stalled: no sign of life since {}, and {} was the last",
                    node.kind().label(),
                    node.path(),
                    node.thread(),
                    progress.lastSign(),
                    progress.note() == null ? "its start" : "'" + clean(progress.note()) + "'");
        }
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    }
}
