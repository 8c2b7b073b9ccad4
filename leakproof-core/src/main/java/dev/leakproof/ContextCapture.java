package dev.leakproof;

/**
 * Carries what is bound to a thread, such as a trace or the MDC, from where work is handed over to where it is done.
 *
 * <p>An {@link Owner} has one for everything below it; by default it is {@link #mdc()}. Safe for use by many threads.
 */
public interface ContextCapture {

    /** Carries nothing and costs nothing. */
    ContextCapture NONE = () -> Captured.NOTHING;

    /**
     * Returns the one that carries SLF4J's MDC. What the work puts into the MDC is gone with it, even where there was
     * nothing to carry. The key {@code worker} stays that of the worker.
     */
    static ContextCapture mdc() {
        return MdcCapture.INSTANCE;
    }

    /** Takes what is bound to the calling thread, which is the one that hands work over. */
    Captured capture();

    /** What was bound to a thread. May be restored any number of times, on any threads at once. */
    @FunctionalInterface
    interface Captured {

        /** Nothing. */
        Captured NOTHING = () -> Restored.NOTHING;

        /** Binds it to the calling thread, which is the one that does the work. */
        Restored restore();
    }

    /** A thread's state between restore and close. */
    @FunctionalInterface
    interface Restored extends AutoCloseable {

        /** Nothing to undo. */
        Restored NOTHING = () -> {};

        /** Has the thread as it was before; called on that thread, once. */
        @Override
        void close();
    }
}
