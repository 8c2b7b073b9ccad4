package dev.leakproof.test;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what background threads throw, to be shown with the failure of the test that it belongs to. */
final class UncaughtExceptions implements UncaughtExceptionHandler, AutoCloseable {

    private static final int MOST = 100;

    private final @Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    private final List<Uncaught> waiting = new ArrayList<>();
    private long count;

    private record Uncaught(long number, String thread, Throwable thrown) {

        Throwable toThrowable() {
            return new Throwable("Meanwhile uncaught in thread '" + thread + "': " + thrown, thrown, false, false) {
                private static final long serialVersionUID = 1;
            };
        }
    }

    void install() {
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        synchronized (waiting) {
            if (waiting.size() == MOST) {
                waiting.remove(0);
            }
            waiting.add(new Uncaught(count++, thread.getName(), thrown));
        }
        if (before != null) {
            before.uncaughtException(thread, thrown);
        } else {
            // As the JVM does where there is no handler.
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            thrown.printStackTrace(System.err);
        }
    }

    /** Returns the number of the next one. */
    long mark() {
        synchronized (waiting) {
            return count;
        }
    }

    /** Suppresses in {@code failure} what was thrown since {@code mark}, and is in no failure yet. */
    void attachTo(Throwable failure, long mark) {
        List<Uncaught> taken;
        synchronized (waiting) {
            taken = waiting.stream().filter(one -> one.number() >= mark).toList();
            waiting.removeAll(taken);
        }
        taken.stream().filter(one -> one.thrown() != failure).forEach(one -> failure.addSuppressed(one.toThrowable()));
    }

    /** Puts the handler back, unless a test has set its own. */
    @Override
    public void close() {
        if (Thread.getDefaultUncaughtExceptionHandler() == this) {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
