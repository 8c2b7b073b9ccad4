package dev.leakproof.benchmarks;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import java.util.concurrent.CountDownLatch;

/** leakproof's managed workers, each with a name, a state, a history and an exit story. */
final class Workers implements Peer {

    private final boolean rehearsed;

    private Workers(boolean rehearsed) {
        this.rehearsed = rehearsed;
    }

    static Workers plain() {
        return new Workers(false);
    }

    /** A stop is rehearsed first, as an application does once it has started. */
    static Workers rehearsed() {
        return new Workers(true);
    }

    @Override
    public String name() {
        return rehearsed ? "Owner of ManagedWorkers, rehearsed" : "Owner of ManagedWorkers";
    }

    @Override
    public void forkAndJoin(int n) {
        throw new UnsupportedOperationException("They are for long");
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        Owner root = Owner.named("app").threads(ThreadKind.VIRTUAL).build();
        root.start();
        if (rehearsed) {
            root.rehearseStop();
        }
        for (int i = 0; i < n; i++) {
            root.start(ManagedWorker.named("worker-" + i).run(ctx -> Parking.park(parked)));
        }
        Parking.await(parked, whenParked);
        long begun = System.nanoTime();
        root.stop();
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) {
        throw new UnsupportedOperationException("Task groups are for that");
    }
}
