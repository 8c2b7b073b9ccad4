package dev.leakproof;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The groups that are open in one place. In most there is one at a time, which has a place of its own that takes no lock;
 * those that are opened meanwhile, as by requests side by side, are linked, and the monitor guards the links. None moves
 * from where it is.
 */
final class OpenGroups {

    private static final VarHandle ALONE;
    private static final VarHandle MORE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            ALONE = lookup.findVarHandle(OpenGroups.class, "alone", TaskGroup.class);
            MORE = lookup.findVarHandle(OpenGroups.class, "more", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable TaskGroup<?> alone;

    /** How many are linked. */
    private volatile int more;

    private @Nullable TaskGroup<?> first;
    private @Nullable TaskGroup<?> last;

    /**
     * Adds one. Whoever does asks next whether this is being stopped, and who stops it looks here after saying so: one of the
     * two sees the other.
     */
    void add(TaskGroup<?> group) {
        if (alone != null || !ALONE.compareAndSet(this, null, group)) {
            link(group);
        }
    }

    private synchronized void link(TaskGroup<?> group) {
        TaskGroup<?> before = last;
        group.previousOpen = before;
        last = group;
        if (before == null) {
            first = group;
        } else {
            before.nextOpen = group;
        }
        more++;
    }

    /** Does nothing if it is gone already. */
    void remove(TaskGroup<?> group) {
        if (alone != group || !ALONE.compareAndSet(this, group, null)) {
            unlink(group);
        }
    }

    private synchronized void unlink(TaskGroup<?> group) {
        TaskGroup<?> before = group.previousOpen;
        TaskGroup<?> after = group.nextOpen;
        if (before == null && first != group) {
            return;
        }
        MORE.setRelease(this, more - 1);
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
        return (alone == null ? 0 : 1) + more;
    }

    /**
     * Returns them in the order of opening. None is missing that is open all the while; one that is opened meanwhile may be,
     * though another that was closed is missing too.
     */
    List<TaskGroup<?>> list() {
        return list(Integer.MAX_VALUE);
    }

    /** Returns no more than that many, the first that were opened. */
    List<TaskGroup<?>> list(int most) {
        TaskGroup<?> single = alone;
        if (more == 0) {
            return single == null ? List.of() : List.of(single);
        }
        List<TaskGroup<?>> groups = new ArrayList<>();
        synchronized (this) {
            for (TaskGroup<?> group = first; group != null && groups.size() < most; group = group.nextOpen) {
                if (single != null && single.openedNanos() - group.openedNanos() < 0) {
                    groups.add(single);
                    single = null;
                }
                groups.add(group);
            }
        }
        if (single != null) {
            groups.add(single);
        }
        return groups.size() > most ? groups.subList(0, most) : groups;
    }
}
