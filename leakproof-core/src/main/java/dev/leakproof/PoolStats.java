package dev.leakproof;

import java.time.Duration;

/**
 * The numbers of a {@link WorkerPool}. Counts and sums are over all its incarnations, the rest is as of now.
 *
 * @param workers how many items it deals with at once
 * @param busy how many it is dealing with
 * @param capacity how many items can wait
 * @param depth how many items wait
 * @param leftOver how many of {@link WorkerPool#leftOver()} there are
 * @param blocked how many threads wait for room
 * @param accepted items that were accepted
 * @param rejected items that were not, because there was no room or the pool was not running
 * @param completed items that were dealt with
 * @param failed items that ended by an exception or error
 * @param cutShort items that were begun and cancelled by a stop before they were done
 * @param totalWait the sum of the times that items have waited before they were begun
 * @param longestWait the longest of those
 * @param totalWork the sum of the times that it took to deal with items
 */
public record PoolStats(
        int workers,
        int busy,
        int capacity,
        int depth,
        int leftOver,
        int blocked,
        long accepted,
        long rejected,
        long completed,
        long failed,
        long cutShort,
        Duration totalWait,
        Duration longestWait,
        Duration totalWork) {

    /** Returns how long an item has waited on average before it was begun. */
    public Duration meanWait() {
        long begun = completed + failed + cutShort + busy;
        return begun == 0 ? Duration.ZERO : totalWait.dividedBy(begun);
    }
}
