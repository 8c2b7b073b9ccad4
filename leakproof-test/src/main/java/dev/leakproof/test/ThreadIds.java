package dev.leakproof.test;

/**
 * Ids of threads as time stamps: platform and virtual threads draw them from one counter as they are made, so the id of
 * a thread tells whether it was made before or after something else, and during which test.
 */
final class ThreadIds {

    /**
     * A moment.
     *
     * @param id the greatest id so far
     * @param drawn how many of those so far were drawn here, and are no thread's
     */
    record Mark(long id, long drawn) {

        /** Whether any thread has been made since. */
        boolean isPast() {
            Mark now = now();
            return now.id - id > now.drawn - drawn;
        }
    }

    private static final ThreadGroup TOP = topGroup();
    private static long drawn;

    private ThreadIds() {}

    /** Draws an id by making a thread that never starts: about a microsecond. */
    static synchronized Mark now() {
        drawn++;
        return new Mark(new Thread(TOP, null, "leakproof-id", 0, false).getId(), drawn);
    }

    /** Not the caller's: before JDK 19 a group counts those that never start. */
    private static ThreadGroup topGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup above = group.getParent(); above != null; above = above.getParent()) {
            group = above;
        }
        return group;
    }
}
