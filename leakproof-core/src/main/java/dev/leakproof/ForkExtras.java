package dev.leakproof;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What only few forks have: hooks, groups of their own, calls with a deadline, sleepers on other threads. */
final class ForkExtras {

    final OpenGroups groups = new OpenGroups();
    final Calls calls;
    private final Set<Thread> sleepers = ConcurrentHashMap.newKeySet(1);
    private volatile boolean unblocked;

    /** The hooks, by the stage they wait for; null once that stage came. Guarded by the monitor. */
    private @Nullable List<StopHook> stopHooks = new ArrayList<>(0);

    private @Nullable List<StopHook> unblockHooks = new ArrayList<>(0);

    ForkExtras(Calls calls) {
        this.calls = calls;
    }

    /** Whether its {@code onUnblock} hooks were taken to be run. */
    boolean isUnblocked() {
        return unblocked;
    }

    synchronized List<StopHook> take(StopStage stage) {
        List<StopHook> hooks;
        if (stage == StopStage.SIGNAL) {
            hooks = stopHooks;
            stopHooks = null;
        } else {
            hooks = unblockHooks;
            unblockHooks = null;
            unblocked |= hooks != null && !hooks.isEmpty();
        }
        return hooks == null ? List.of() : List.copyOf(hooks);
    }

    /** Returns false if the stage has come. */
    synchronized boolean add(StopHook hook, StopStage stage) {
        List<StopHook> hooks = stage == StopStage.SIGNAL ? stopHooks : unblockHooks;
        return hooks != null && hooks.add(hook);
    }

    synchronized void remove(StopHook hook, StopStage stage) {
        List<StopHook> hooks = stage == StopStage.SIGNAL ? stopHooks : unblockHooks;
        if (hooks != null) {
            hooks.remove(hook);
        }
    }

    void sleeps(Thread thread) {
        sleepers.add(thread);
    }

    void awake(Thread thread) {
        sleepers.remove(thread);
    }

    void wake() {
        sleepers.forEach(LockSupport::unpark);
    }
}
