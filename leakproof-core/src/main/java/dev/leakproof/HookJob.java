package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** Runs one hook of a node; what goes wrong is noted in its report. */
final class HookJob extends StopThreads.Job {

    private final StopEntry entry;
    private final StopHook hook;

    HookJob(StopEntry entry, StopHook hook, StopStage stage) {
        super("An " + (stage == StopStage.SIGNAL ? "onStop" : "onUnblock") + " hook of", entry.node());
        this.entry = entry;
        this.hook = hook;
    }

    @Override
    void run() throws Exception {
        hook.run();
    }

    @Override
    boolean isForeign() {
        return true;
    }

    @Override
    void wentWrong(String how, @Nullable Throwable cause) {
        entry.note(this + " " + how);
        super.wentWrong(how, cause);
    }
}
