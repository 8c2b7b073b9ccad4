package dev.leakproof;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens in one pool. Never blocks. */
final class PoolMeter {

    final AtomicInteger blocked = new AtomicInteger();
    final LongAdder accepted = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cutShort = new LongAdder();
    final AtomicInteger failedInARow = new AtomicInteger();

    private final AtomicInteger busy = new AtomicInteger();
    private final LongAdder waitNanos = new LongAdder();
    private final LongAccumulator longestWaitNanos = new LongAccumulator(Math::max, 0);
    private final LongAdder workNanos = new LongAdder();

    void begun(long waitedNanos) {
        busy.incrementAndGet();
        waitNanos.add(waitedNanos);
        longestWaitNanos.accumulate(waitedNanos);
    }

    void ended(long tookNanos) {
        workNanos.add(tookNanos);
        busy.decrementAndGet();
    }

    PoolStats stats(int workers, int capacity, int depth, int leftOver) {
        return new PoolStats(
                workers,
                busy.get(),
                capacity,
                depth,
                leftOver,
                blocked.get(),
                accepted.sum(),
                rejected.sum(),
                completed.sum(),
                failed.sum(),
                cutShort.sum(),
                Duration.ofNanos(waitNanos.sum()),
                Duration.ofNanos(longestWaitNanos.get()),
                Duration.ofNanos(workNanos.sum()));
    }
}
