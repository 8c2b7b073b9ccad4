package dev.leakproof.benchmarks;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import dev.leakproof.census.ThreadCensus;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** What it takes to say who owns each of many platform threads, beside the JVM's own list of them. */
final class CensusContest {

    private CensusContest() {}

    public static void main(String[] args) throws Exception {
        for (int threads : new int[] {100, 1_000, 5_000}) {
            contest(threads);
        }
        System.exit(0);
    }

    private static void contest(int threads) throws Exception {
        CountDownLatch parked = new CountDownLatch(threads);
        try (Owner root = Owner.named("app").threads(ThreadKind.PLATFORM).build()) {
            root.start();
            for (int i = 0; i < threads; i++) {
                root.start(ManagedWorker.named("worker-" + i).run(ctx -> Parking.park(parked)));
            }
            Parking.await(parked, Parking::settle);
            ThreadCensus census = ThreadCensus.knowing();
            Contest.in("census", String.format(Locale.ROOT, "%,d threads", threads))
                    .size(threads)
                    .limit("the JVM's list of threads", Measured.nanosPer(threads, ThreadCensus::alive))
                    .with("ThreadCensus", Measured.nanosPer(threads, census::platform))
                    .with("Thread.getAllStackTraces", Measured.nanosPer(threads, Thread::getAllStackTraces))
                    .run(Settings.rounds(30, 5));
        }
    }
}
