package dev.leakproof.benchmarks;

/** Something that begins work side by side, and can wait for it or cancel it. A fresh scope, executor or tree each time. */
public interface Peer {

    /** Its name in the tables. */
    String name();

    /** Begins {@code n} trivial children, and returns once all have ended. */
    void forkAndJoin(int n) throws Exception;

    /**
     * Has {@code n} children parked, calls {@code whenParked}, and cancels them.
     *
     * @return the nanoseconds from the cancellation until all have ended
     */
    long parkFlat(int n, Runnable whenParked) throws Exception;

    /**
     * The same with a tree of children, each of which waits for ten of its own but those at the bottom.
     *
     * @param depth of the tree; what calls this is at depth 0
     */
    long parkTree(int depth, Runnable whenParked) throws Exception;

    /** How many children a tree of that depth has. */
    static int treeSize(int depth) {
        int size = 0;
        for (int level = 0, width = FAN_OUT; level < depth; level++, width *= FAN_OUT) {
            size += width;
        }
        return size;
    }

    int FAN_OUT = 10;
}
