package dev.leakproof.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * What the first stop takes that a JVM runs, which is the one that counts: nothing of it is compiled by then. Each contestant
 * in a JVM of its own.
 */
final class FirstStopContest {

    private static final int WORKERS = 1_000;
    private static final String LIMIT = "bare virtual threads";
    private static final String OURS = "Owner of ManagedWorkers, rehearsed";
    private static final String GROUP = "TaskGroup";
    private static final String SCOPE = "StructuredTaskScope";
    private static final String EXECUTOR = "per-task executor, closed";

    private FirstStopContest() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            System.out.println(millis(args[0]));
            System.exit(0);
        }
        Contest contest = Contest.in("first-stop", String.format(Locale.ROOT, "%,d", WORKERS))
                .unit("ms")
                .inFreshJvms()
                .limit(LIMIT, inFreshJvm(LIMIT))
                .with(OURS, inFreshJvm(OURS))
                .with(GROUP, inFreshJvm(GROUP))
                .with(SCOPE, inFreshJvm(SCOPE))
                .with(EXECUTOR, inFreshJvm(EXECUTOR));
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
        return peer(contestant).parkFlat(WORKERS, FirstStopContest::settle) / 1e6;
    }

    /** Makes this one only: the others have threads and classes of their own. */
    private static Peer peer(String name) throws ReflectiveOperationException {
        return switch (name) {
            case LIMIT -> new Bare();
            case OURS -> Workers.rehearsed();
            case GROUP -> Groups.plain();
            case SCOPE -> Peers.find(Peer.class, "TaskScopes").get(0);
            case EXECUTOR -> new PerTaskExecutors();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** By then the compilers are done with what began them, and the rehearsal is over. */
    private static void settle() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
