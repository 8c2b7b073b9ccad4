package dev.leakproof.benchmarks;

/** A cache of at most {@link #MOST} entries, each of which leaves some time after it was written. */
public interface CacheUnderTest extends AutoCloseable {

    int MOST = 10_000;

    /** Returns the value, or null. */
    Integer get(Integer key);

    void put(Integer key, Integer value);

    /** Returns about how many entries there are, without making any leave. */
    long size();

    @Override
    default void close() {}
}
