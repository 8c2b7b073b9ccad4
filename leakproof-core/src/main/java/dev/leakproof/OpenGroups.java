package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups that are open in one place, in the order of opening. The monitor guards the links. */
final class OpenGroups {

    private static final VarHandle SIZE;

    static {
        try {
            SIZE = MethodHandles.lookup().findVarHandle(OpenGroups.class, "size", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private @Nullable TaskGroup<?> first;
    private @Nullable TaskGroup<?> last;
    private volatile int size;

    synchronized void add(TaskGroup<?> group) {
        TaskGroup<?> before = last;
        group.previousOpen = before;
        last = group;
        if (before == null) {
            first = group;
        } else {
            before.nextOpen = group;
        }
        size++; // last: whoever adds asks next whether this is being stopped, and who stops it looks here after saying
        // so
    }

    /** Does nothing if it is gone already. */
    synchronized void remove(TaskGroup<?> group) {
        TaskGroup<?> before = group.previousOpen;
        TaskGroup<?> after = group.nextOpen;
        if (before == null && first != group) {
            return;
        }
        SIZE.setRelease(this, size - 1);
        if (before == null) {
            first = after;
        } else {
            before.nextOpen = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previousOpen = before;
        }
        group.previousOpen = null;
        group.nextOpen = null;
    }

    /**
     * Closes those that {@code body} has opened, and left open though it has ended. Returns what went wrong with that, for
     * want of memory, say: the body has ended all the same.
     */
    @Nullable
    Throwable closeLeftBy(GroupHost body) {
        Throwable failure = null;
        try {
            for (TaskGroup<?> open : list()) {
                if (open.host() == body) {
                    failure = closeLeftBy(body, open, failure);
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
        return failure;
    }

    private static @Nullable Throwable closeLeftBy(GroupHost body, TaskGroup<?> open, @Nullable Throwable before) {
        try {
            open.closeLeftBy(body.toString());
            return before;
        } catch (Throwable e) {
            return e;
        }
    }

    int size() {
        return size;
    }

    List<TaskGroup<?>> list() {
        return list(Integer.MAX_VALUE);
    }

    /** Returns no more than that many. */
    List<TaskGroup<?>> list(int most) {
        if (size == 0) {
            return List.of();
        }
        List<TaskGroup<?>> groups = new ArrayList<>();
        synchronized (this) {
            for (TaskGroup<?> group = first; group != null && groups.size() < most; group = group.nextOpen) {
                groups.add(group);
            }
        }
        return groups;
    }
}
