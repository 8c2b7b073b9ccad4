package dev.leakproof.benchmarks;

/** What a contestant does in one round. */
@FunctionalInterface
public interface Measured {

    /** Does it once and returns how much it took, in the unit of the contest. */
    double once() throws Exception;

    /** Measures the time of {@code work}, in nanoseconds for each of {@code operations}. */
    static Measured nanosPer(int operations, Work work) {
        return () -> {
            long begun = System.nanoTime();
            work.run();
            return (double) (System.nanoTime() - begun) / operations;
        };
    }

    /** Something that takes time. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }
}
