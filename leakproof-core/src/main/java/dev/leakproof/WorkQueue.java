package dev.leakproof;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that can be closed: from then on nobody gets in, whoever waits for room is let go, and what is in may
 * still be taken until it is empty. None of the JDK's queues has an end.
 *
 * <p>The lock guards everything; the size and the end may be read without. No user code runs under it.
 */
final class WorkQueue<E> {

    /** What became of an element. */
    enum Put {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition elementThere = lock.newCondition();
    private final Condition roomThere = lock.newCondition();
    private final Deque<E> elements;
    private volatile int size;
    private volatile boolean closed;

    WorkQueue(int capacity) {
        this.capacity = capacity;
        this.elements = new ArrayDeque<>(Math.min(capacity, 64));
    }

    int size() {
        return size;
    }

    boolean isClosed() {
        return closed;
    }

    /** Puts {@code element} in if there is room now. */
    Put offer(E element) {
        lock.lock();
        try {
            return closed ? Put.CLOSED : size < capacity ? add(element) : Put.FULL;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts {@code element} in; waits for room until this is closed, but not for longer than the given nanoseconds.
     *
     * @param refused whether it is to be as if this were closed; once it is true, {@link #wake} has to be called
     */
    Put put(E element, long nanos, BooleanSupplier refused) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (!closed && size == capacity && !refused.getAsBoolean()) {
                if (left <= 0) {
                    return Put.FULL;
                }
                left = roomThere.awaitNanos(left);
            }
            return closed || refused.getAsBoolean() ? Put.CLOSED : add(element);
        } finally {
            lock.unlock();
        }
    }

    private Put add(E element) {
        elements.addLast(element);
        size = elements.size();
        elementThere.signal();
        return Put.ACCEPTED;
    }

    /**
     * Takes the next element; waits for one until this is closed.
     *
     * @param givesUp whether to take none any more; once it is true, {@link #wake} has to be called: it sees to it that
     *     a wake-up which reached this taker is not lost for the others
     * @return null if the taker gives up, or this is closed and empty
     */
    @Nullable
    E take(BooleanSupplier givesUp) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!givesUp.getAsBoolean()) {
                E element = elements.pollFirst();
                if (element != null) {
                    size = elements.size();
                    roomThere.signal();
                    return element;
                }
                if (closed) {
                    return null;
                }
                elementThere.await();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody in any more. */
    void close() {
        closed = true;
        wake();
    }

    /** Has everybody who waits look again. */
    void wake() {
        lock.lock();
        try {
            elementThere.signalAll();
            roomThere.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what is in it, the next first. */
    List<E> elements() {
        lock.lock();
        try {
            return List.copyOf(elements);
        } finally {
            lock.unlock();
        }
    }
}
