package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** How much heap a child takes that does nothing, each contestant in a JVM of its own. */
final class MemoryContest {

    private static final int CHILDREN = 100_000;

    /** What is made once is there after the first; by the last they park with compiled frames, which are smaller. */
    private static final int WARM_UPS = 4;

    private MemoryContest() {}

    public static void main(String[] args) throws Exception {
        List<Peer> peers = new ArrayList<>(List.of(new Bare()));
        peers.addAll(Contestants.peers());
        peers.add(Workers.plain());
        if (args.length == 1) {
            Peer one = peers.stream().filter(peer -> peer.name().equals(args[0])).findFirst().orElseThrow();
            System.out.println(bytesEach(one));
            System.exit(0); // some peers keep threads
        }
        Contest contest = Contest.in("memory", "100,000").unit("B").inFreshJvms().limit(peers.get(0).name(), inFreshJvm(peers.get(0)));
        peers.stream().skip(1).forEach(peer -> contest.with(peer.name(), inFreshJvm(peer)));
        contest.run(Settings.rounds(2, 1));
        System.exit(0);
    }

    private static Measured inFreshJvm(Peer peer) {
        return () -> FreshJvm.run(
                MemoryContest.class,
                List.of("--enable-preview", "--sun-misc-unsafe-memory-access=allow", "-Xms2g", "-Xmx2g"),
                peer.name());
    }

    private static double bytesEach(Peer peer) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            peer.parkFlat(CHILDREN, Parking::settle);
        }
        long before = live();
        long[] parked = new long[1];
        peer.parkFlat(CHILDREN, () -> {
            Parking.settle();
            parked[0] = live();
        });
        return (double) (parked[0] - before) / CHILDREN;
    }

    private static long live() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
