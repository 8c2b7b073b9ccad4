package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the {@link Forks} of a group on any thread, while more are added and some are forgotten. Each is read as a
 * volatile, see "A fork against a cancellation" in {@code docs/synchronization.md}.
 *
 * @param <T> the type of the results
 */
final class ForkIterator<T extends @Nullable Object> implements Iterator<Fork<T>> {

    static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Fork[].class);

    private final Fork<T>[] slots;
    private final int step;
    private int at;

    private ForkIterator(Fork<T>[] slots, int first, int step) {
        this.slots = slots;
        this.at = first;
        this.step = step;
    }

    static <T extends @Nullable Object> ForkIterator<T> forwards(Fork<T>[] slots) {
        return new ForkIterator<>(slots, 0, 1);
    }

    static <T extends @Nullable Object> ForkIterator<T> backwards(Fork<T>[] slots) {
        int last = slots.length - 1;
        while (last >= 0 && in(slots, last) == null) {
            last--;
        }
        return new ForkIterator<>(slots, last, -1);
    }

    @Override
    public boolean hasNext() {
        return at >= 0 && at < slots.length && in(slots, at) != null;
    }

    @Override
    public Fork<T> next() {
        Fork<T> next = hasNext() ? in(slots, at) : null;
        if (next == null) {
            throw new NoSuchElementException();
        }
        at += step;
        return next;
    }

    @SuppressWarnings("unchecked")
    private static <T extends @Nullable Object> @Nullable Fork<T> in(Fork<T>[] slots, int at) {
        return (Fork<T>) SLOT.getVolatile(slots, at);
    }
}
