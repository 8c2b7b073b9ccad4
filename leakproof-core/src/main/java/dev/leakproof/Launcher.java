package dev.leakproof;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the runs that came due together.
 *
 * <p>To start a virtual thread from outside its scheduler costs the ticker more than all else that it does for a beat, and
 * less on one of the scheduler's own threads. So where many are due at once, one virtual thread starts the rest.
 *
 * <p>Only for the ticker's thread.
 */
final class Launcher {

    private static final Logger log = LoggerFactory.getLogger(ManagedWorker.class);

    /** So many are started sooner than the thread that would start them, and cost no more. */
    private static final int FEW = 4;

    private final String name;
    private final ThreadMaker threads;
    private List<Run> waiting = new ArrayList<>();

    Launcher(String treeName, ThreadMaker threads) {
        this.name = "leakproof-launcher-" + treeName;
        this.threads = threads;
    }

    /** Starts {@code run} with the others of its batch. */
    void launch(Run run) {
        waiting.add(run);
    }

    /** The batch is over: starts those that wait. */
    void flush() {
        if (waiting.isEmpty()) {
            return;
        }
        List<Run> batch = waiting;
        waiting = new ArrayList<>();
        if (batch.size() > FEW) {
            try {
                threads.make(ThreadKind.VIRTUAL, name, () -> startAll(batch)).start();
                return;
            } catch (Throwable e) {
                // There may be threads for some of them all the same; those that get none say so.
            }
        }
        startAll(batch);
    }

    /** One that cannot be started, not even to say that it has failed, holds up no other. */
    private static void startAll(List<Run> batch) {
        for (Run run : batch) {
            try {
                run.start();
            } catch (Throwable e) {
                log.error("{} could not be started", run, e);
            }
        }
    }
}
