package dev.leakproof.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What it costs to cancel children that are parked, flat or in a tree, and to wait for their end. */
final class CancelContest {

    /** In seconds, which are a hundred rounds of the smallest: what is done once a round is compiled after so many. */
    private static final double WARM_UP = Settings.isShort() ? 1 : 8;

    /** Half a dozen turns of the smallest: the first after a collection is paid for by letting compiled code in anew. */
    private static final Duration RUNNING_IN = Duration.ofMillis(50);

    private CancelContest() {}

    /** The largest first: for the smallest, the compilers are then done with what each contestant does once a fork. */
    public static void main(String[] args) throws Exception {
        List<Peer> peers = Contestants.peers();
        for (int size : new int[] {100_000, 10_000, 1_000}) {
            Contest contest = Contest.in("cancel-flat", row(size)).size(size).warmUp(WARM_UP).collecting().runningIn(RUNNING_IN).limit("bare virtual threads", flat(new Bare(), size));
            peers.forEach(peer -> contest.with(peer.name(), flat(peer, size)));
            contest.run(rounds(size));
        }
        for (int depth : new int[] {5, 4, 3}) {
            int size = Peer.treeSize(depth);
            Contest contest = Contest.in("cancel-tree", row(size)).size(size).warmUp(WARM_UP).collecting().runningIn(RUNNING_IN).limit("bare virtual threads", tree(new Bare(), depth));
            peers.stream()
                    .filter(peer -> !(peer instanceof SpringExecutors))
                    .forEach(peer -> contest.with(peer.name(), tree(peer, depth)));
            contest.run(rounds(size));
        }
        if (!Settings.isShort()) {
            int size = 1_000_000;
            Contest contest = Contest.in("cancel-flat", row(size)).size(size).warmUp(0).limit("bare virtual threads", settledFlat(new Bare(), size));
            peers.stream()
                    .filter(peer -> List.of("TaskGroup", "StructuredTaskScope", "Kotlin coroutines").contains(peer.name()))
                    .forEach(peer -> contest.with(peer.name(), settledFlat(peer, size)));
            contest.run(4);
        }
        System.exit(0); // some peers keep threads
    }

    private static int rounds(int size) {
        return size < 50_000 ? Settings.rounds(16, 8) : Settings.rounds(8, 4);
    }

    private static String row(int size) {
        return String.format(Locale.ROOT, "%,d", size);
    }

    private static Measured flat(Peer peer, int size) {
        return () -> (double) peer.parkFlat(size, Parking::settle) / size;
    }

    /** With a collection when all are parked: else one that copies a million of them falls into the cancel of some. */
    private static Measured settledFlat(Peer peer, int size) {
        return () -> (double) peer.parkFlat(size, CancelContest::collect) / size;
    }

    private static void collect() {
        Parking.settle();
        System.gc();
    }

    private static Measured tree(Peer peer, int depth) {
        return () -> (double) peer.parkTree(depth, Parking::settle) / Peer.treeSize(depth);
    }
}
