package dev.leakproof;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What only few forks have: groups of their own, hooks, calls with a deadline, sleepers on other threads. Each is there
 * only once it is used. The monitor guards the lists.
 */
final class ForkExtras {

    final OpenGroups groups = new OpenGroups();
    private volatile @Nullable Calls calls;
    private volatile @Nullable Hooks hooks;
    private volatile @Nullable List<Thread> sleepers;

    /** Hooks by the stage they wait for; null once that stage came. */
    private static final class Hooks {

        @Nullable
        List<StopHook> stop = new ArrayList<>(1);

        @Nullable
        List<StopHook> unblock = new ArrayList<>(1);

        boolean unblocked;
    }

    // Calls. Only the thread of the fork makes them.

    @Nullable
    Calls calls() {
        return calls;
    }

    void use(Calls made) {
        calls = made;
    }

    // Hooks

    /** Whether {@code onUnblock} hooks were taken to be run. */
    synchronized boolean isUnblocked() {
        Hooks known = hooks;
        return known != null && known.unblocked;
    }

    List<StopHook> take(StopStage stage) {
        return hooks == null ? List.of() : takeKnown(stage);
    }

    private synchronized List<StopHook> takeKnown(StopStage stage) {
        Hooks known = known();
        List<StopHook> taken;
        if (stage == StopStage.SIGNAL) {
            taken = known.stop;
            known.stop = null;
        } else {
            taken = known.unblock;
            known.unblock = null;
            known.unblocked |= taken != null && !taken.isEmpty();
        }
        return taken == null ? List.of() : taken;
    }

    /** Returns false if the stage has come. */
    synchronized boolean add(StopHook hook, StopStage stage) {
        List<StopHook> waiting = waitingFor(stage);
        return waiting != null && waiting.add(hook);
    }

    synchronized void remove(StopHook hook, StopStage stage) {
        List<StopHook> waiting = waitingFor(stage);
        if (waiting != null) {
            waiting.remove(hook);
        }
    }

    private @Nullable List<StopHook> waitingFor(StopStage stage) {
        Hooks known = known();
        return stage == StopStage.SIGNAL ? known.stop : known.unblock;
    }

    private Hooks known() {
        Hooks known = hooks;
        if (known == null) {
            hooks = known = new Hooks();
        }
        return known;
    }

    // Sleepers on threads that are not the fork's

    synchronized void sleeps(Thread thread) {
        List<Thread> known = sleepers;
        if (known == null) {
            sleepers = known = new ArrayList<>(1);
        }
        known.add(thread);
    }

    synchronized void awake(Thread thread) {
        List<Thread> known = sleepers;
        if (known != null) {
            known.remove(thread);
        }
    }

    void wake() {
        List<Thread> known = sleepers;
        if (known != null) {
            synchronized (this) {
                known.forEach(LockSupport::unpark);
            }
        }
    }
}
