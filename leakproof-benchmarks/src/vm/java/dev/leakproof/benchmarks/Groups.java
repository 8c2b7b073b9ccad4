package dev.leakproof.benchmarks;

import dev.leakproof.ContextCapture;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerContext;
import java.util.concurrent.CountDownLatch;

/** leakproof's task groups. */
public final class Groups implements Peer {

    private final String name;
    private final Owner owner;

    Groups(String name, ContextCapture context) {
        this.name = name;
        this.owner = Owner.named("app")
                .threads(ThreadKind.VIRTUAL)
                .context(context)
                .build();
        owner.start();
    }

    static Groups plain() {
        return new Groups("TaskGroup", ContextCapture.NONE);
    }

    static Groups carrying() {
        return new Groups("TaskGroup, MDC carried", ContextCapture.mdc());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void forkAndJoin(int n) throws InterruptedException {
        try (TaskGroup<Object> group = TaskGroup.in(owner, "work").open()) {
            for (int i = 0; i < n; i++) {
                group.fork(ctx -> null);
            }
            group.join();
        }
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        long begun;
        try (TaskGroup<Object> group = TaskGroup.in(owner, "work").open()) {
            for (int i = 0; i < n; i++) {
                group.fork(ctx -> {
                    Parking.park(parked);
                    return null;
                });
            }
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
        }
        return System.nanoTime() - begun;
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(Peer.treeSize(depth));
        long begun;
        try (TaskGroup<Object> group = TaskGroup.in(owner, "work").open()) {
            forkBranches(group, depth, parked);
            Parking.await(parked, whenParked);
            begun = System.nanoTime();
        }
        return System.nanoTime() - begun;
    }

    private static void forkBranches(TaskGroup<Object> group, int depth, CountDownLatch parked) {
        for (int i = 0; i < FAN_OUT; i++) {
            group.fork(ctx -> branch(ctx, depth - 1, parked));
        }
    }

    private static Object branch(WorkerContext ctx, int depth, CountDownLatch parked) throws InterruptedException {
        if (depth == 0) {
            Parking.park(parked);
            return null;
        }
        try (TaskGroup<Object> group = TaskGroup.in(ctx, "branch").open()) {
            forkBranches(group, depth, parked);
            parked.countDown();
            return group.join();
        }
    }
}
