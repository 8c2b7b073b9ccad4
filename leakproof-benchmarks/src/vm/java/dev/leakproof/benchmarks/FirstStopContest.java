package dev.leakproof.benchmarks;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the first stop takes that a JVM runs, which is the one that counts: nothing of it is compiled by then. Each contestant
 * in a JVM of its own.
 */
final class FirstStopContest {

    private static final int WORKERS = 1_000;
    private static final String OURS = "Owner of ManagedWorkers, rehearsed";
    private static final List<String> OTHERS = List.of("TaskGroup", "StructuredTaskScope", "per-task executor, closed");

    private FirstStopContest() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            System.out.println(millis(args[0]));
            System.exit(0);
        }
        Contest contest = Contest.in("first-stop", String.format(Locale.ROOT, "%,d", WORKERS))
                .unit("ms")
                .inFreshJvms()
                .limit(new Bare().name(), inFreshJvm(new Bare().name()))
                .with(OURS, inFreshJvm(OURS));
        for (Peer peer : Contestants.peers()) {
            if (OTHERS.contains(peer.name())) {
                contest.with(peer.name(), inFreshJvm(peer.name()));
            }
        }
        contest.run(Settings.rounds(6, 2));
        System.exit(0);
    }

    private static Measured inFreshJvm(String contestant) {
        return () -> FreshJvm.run(
                FirstStopContest.class,
                List.of("--enable-preview", "--sun-misc-unsafe-memory-access=allow", "-Xmx256m"),
                contestant);
    }

    private static double millis(String contestant) throws Exception {
        if (contestant.equals(OURS)) {
            return owner() / 1e6;
        }
        Peer peer = contestant.equals(new Bare().name())
                ? new Bare()
                : Contestants.peers().stream()
                        .filter(other -> other.name().equals(contestant))
                        .findFirst()
                        .orElseThrow();
        return peer.parkFlat(WORKERS, FirstStopContest::settle) / 1e6;
    }

    private static long owner() throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(WORKERS);
        Owner root = Owner.named("app").threads(ThreadKind.VIRTUAL).build();
        root.start();
        root.rehearseStop(); // as an application does once it has started
        for (int i = 0; i < WORKERS; i++) {
            root.start(ManagedWorker.named("worker-" + i).run(ctx -> Parking.park(parked)));
        }
        Parking.await(parked, FirstStopContest::settle);
        long begun = System.nanoTime();
        root.stop();
        return System.nanoTime() - begun;
    }

    /** Until the compilers are done with what began them, and the rehearsal is over. */
    private static void settle() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    }
}
