package dev.leakproof;

import org.jspecify.annotations.Nullable;

/**
 * Stands around each run of a tree's workers, on the run's own thread: for what is bound to a thread, such as a trace.
 *
 * <p>Unlike a {@link TreeListener} it is called there and then, so it must return at once. It cannot break a run: what it
 * throws is logged. Safe for use by many threads, as runs of different workers go on side by side.
 */
@FunctionalInterface
public interface RunObserver {

    /**
     * A run begins. Not called for a run that finds the stop signal there and so never calls its body.
     *
     * @param worker whose run it is
     * @param context the one that its body gets
     * @return told of the end of this run
     */
    Observed begun(ManagedWorker worker, WorkerContext context);

    /** One run under observation. */
    @FunctionalInterface
    interface Observed {

        /** Does nothing. */
        Observed NOTHING = failure -> {};

        /**
         * The run has ended, and what leakproof had to log of that is logged; on the thread of the run, once. Whoever waits
         * for the end of the worker waits for this.
         *
         * @param failure why it failed, or null; giving up when told to is no failure
         */
        void ended(@Nullable Throwable failure);
    }
}
