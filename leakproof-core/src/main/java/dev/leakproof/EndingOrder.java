package dev.leakproof;

import java.util.Comparator;
import java.util.Iterator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the forks of a group end. It is kept from when the owner first asks for it, and most never do.
 *
 * @param <T> the type of the results
 */
final class EndingOrder<T extends @Nullable Object> {

    /** One that had ended by the time that the order began to be kept. */
    private record Early<T extends @Nullable Object>(int rank, Fork<T> fork) {}

    private final Queue<Early<T>> early = new PriorityQueue<>(Comparator.comparingInt(Early::rank));
    private final Queue<Fork<T>> late = new ConcurrentLinkedQueue<>();

    /**
     * Finds those that have ended among {@code forks}. By then whoever counts itself as ended adds itself before, so one
     * that is ending at this moment may be in both queues.
     */
    void find(Iterator<Fork<T>> forks) {
        while (forks.hasNext()) {
            Fork<T> fork = forks.next();
            if (fork.hasEnded()) {
                int rank = fork.rank;
                early.add(new Early<>(rank == 0 ? Integer.MAX_VALUE : rank, fork));
            }
        }
    }

    /** Adds one that ends; on any thread. */
    void add(Fork<T> fork) {
        late.add(fork);
    }

    /** Returns the next that was not {@linkplain Fork#seen seen}, or null if none has ended since; on the owner's thread. */
    @Nullable
    Fork<T> next() {
        Early<T> first = early.poll();
        Fork<T> next = first != null ? first.fork() : late.poll();
        while (next != null && next.seen) {
            next = late.poll();
        }
        if (next != null) {
            next.seen = true;
        }
        return next;
    }
}
