package dev.leakproof;

import java.util.ArrayList;
import java.util.List;

/**
 * Starts the runs that came due together.
 *
 * <p>To start a virtual thread from outside its scheduler costs the ticker more than all else that it does for a beat, and
 * less on one of the scheduler's own threads. So where many are due at once, one virtual thread starts the rest.
 *
 * <p>Only for the ticker's thread.
 */
final class Launcher {

    /** Fewer are started sooner than the thread that would start them. */
    private static final int FEW = 16;

    private static final int MOST = 256;

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
        if (waiting.size() == MOST) {
            flush();
        }
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
                threads.make(ThreadKind.VIRTUAL, name, () -> batch.forEach(Run::start))
                        .start();
                return;
            } catch (Throwable e) {
                // There may be threads for some of them all the same; those that get none say so.
            }
        }
        batch.forEach(Run::start);
    }
}
