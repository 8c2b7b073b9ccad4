package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;
import ox.Fork;
import ox.Ox;
import ox.fork$package;
import ox.supervised$package;
import scala.runtime.BoxedUnit;

/** ox, structured concurrency for Scala. */
public final class OxScopes implements Peer {

    @Override
    public String name() {
        return "ox";
    }

    @Override
    public void forkAndJoin(int n) {
        supervised$package.supervised(scope -> {
            for (int i = 0; i < n; i++) {
                fork$package.forkUser(() -> BoxedUnit.UNIT, scope); // which the end of the scope waits for
            }
            return BoxedUnit.UNIT;
        });
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) {
        CountDownLatch parked = new CountDownLatch(n);
        long begun = supervised$package.supervised(scope -> {
            for (int i = 0; i < n; i++) {
                fork(scope, () -> Parking.park(parked));
            }
            return begin(parked, whenParked);
        });
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) {
        CountDownLatch parked = new CountDownLatch(Peer.treeSize(depth));
        long begun = supervised$package.supervised(scope -> {
            forkBranches(scope, depth, parked);
            return begin(parked, whenParked);
        });
        return System.nanoTime() - begun;
    }

    private static void forkBranches(Ox scope, int depth, CountDownLatch parked) {
        for (int i = 0; i < FAN_OUT; i++) {
            fork(scope, () -> branch(depth - 1, parked));
        }
    }

    private static void branch(int depth, CountDownLatch parked) {
        if (depth == 0) {
            Parking.park(parked);
            return;
        }
        supervised$package.supervised(scope -> {
            forkBranches(scope, depth, parked);
            Parking.park(parked); // then the end of the scope cancels those below
            return BoxedUnit.UNIT;
        });
    }

    private static long begin(CountDownLatch parked, Runnable whenParked) {
        try {
            Parking.await(parked, whenParked);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return System.nanoTime();
    }

    private static Fork<BoxedUnit> fork(Ox scope, Runnable body) {
        return fork$package.fork(
                () -> {
                    body.run();
                    return BoxedUnit.UNIT;
                },
                scope);
    }
}
