package dev.leakproof.spring.beans;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.Progress;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * What leakproof does regularly for its own tree: it logs which workers have stalled, once each time they do, and has the
 * census of the threads taken.
 */
public final class Housekeeping implements WorkerBody {

    /** What names its heartbeat in logs, metrics and properties. */
    public static final String ID = "leakproof.housekeeping";

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);

    private final Owner root;
    private final ObjectProvider<? extends Runnable> census;
    private final Set<String> stalled = ConcurrentHashMap.newKeySet();

    /**
     * Creates one for the tree below {@code root}.
     *
     * @param census takes a census of the threads, if there is one; first asked for when the first round is made, and not
     *     while the application starts
     */
    public Housekeeping(Owner root, ObjectProvider<? extends Runnable> census) {
        this.root = root;
        this.census = census;
    }

    /**
     * Returns a heartbeat that does this; it has a place in the tree, but no owner yet. It runs on a platform thread:
     * virtual ones may be stuck for just the reasons that it looks for.
     *
     * @param pause from the end of one round to the next
     */
    public Heartbeat heartbeat(Duration pause) {
        return Heartbeat.named("housekeeping")
                .id(ID)
                .ownedBy("leakproof")
                .createdAt("leakproof")
                .fixedDelay(pause)
                .initialDelay(pause)
                .threads(ThreadKind.PLATFORM)
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
        Runnable sweep = census.getIfAvailable();
        if (sweep != null) {
            sweep.run();
        }
    }

    private void report(NodeSnapshot node) {
        Progress progress = node.progress();
        if (progress != null && stalled.add(node.path())) {
            log.warn(
                    "The {} '{}' (thread '{}') has stalled: no sign of life since {}, and {} was the last",
                    node.kind().label(),
                    node.path(),
                    clean(String.valueOf(node.thread())),
                    progress.lastSign(),
                    progress.note() == null ? "its start" : "'" + clean(progress.note()) + "'");
        }
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+", " ");
    }
}
