package dev.leakproof.census;

import org.jspecify.annotations.Nullable;

/** Knows threads that are not of our trees: those of an executor, a connection pool, a server. */
@FunctionalInterface
public interface ThreadOwners {

    /**
     * Returns the name of what owns {@code thread}, or null if this does not know it. Called for each thread of a census
     * that is neither our own nor the JVM's, on the thread that takes it; must not block. What it throws fails the
     * census.
     *
     * @param thread its {@link LiveThread#ownership} not settled yet
     */
    @Nullable
    String ownerOf(LiveThread thread);
}
