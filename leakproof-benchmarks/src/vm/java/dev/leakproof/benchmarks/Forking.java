package dev.leakproof.benchmarks;

/** Who can have so many children do nothing and wait for them all. */
public interface Forking {

    /** Its name in the table. */
    String name();

    /** Begins {@code n} trivial children, and returns once all have ended. */
    void forkAndJoin(int n) throws Exception;
}
