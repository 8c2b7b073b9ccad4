package dev.leakproof.test;

import java.util.List;

/** Threads have leaked. What background threads threw meanwhile is suppressed in it. */
public final class ThreadLeakError extends AssertionError {

    private static final long serialVersionUID = 1;

    private final transient List<ThreadLeak> leaks;

    ThreadLeakError(String message, List<ThreadLeak> leaks) {
        super(message);
        this.leaks = List.copyOf(leaks);
        // The line that noticed says nothing about the line that leaked.
        setStackTrace(new StackTraceElement[0]);
    }

    /** Returns the leaks, each once; empty if they have been reported before, which the message says. */
    public List<ThreadLeak> leaks() {
        return leaks;
    }
}
