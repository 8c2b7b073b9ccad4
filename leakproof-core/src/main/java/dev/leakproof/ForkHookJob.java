package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** Runs one hook of a fork; what goes wrong is noted in the report of its group, if a stop deals with that. */
final class ForkHookJob extends StopThreads.Job {

    private final StopHook hook;
    private final @Nullable GroupNode group;

    ForkHookJob(Fork<?> fork, StopHook hook, StopStage stage, @Nullable GroupNode group) {
        super("An " + (stage == StopStage.SIGNAL ? "onStop" : "onUnblock") + " hook of", fork);
        this.hook = hook;
        this.group = group;
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
        if (group != null) {
            group.note(this + " " + how);
        }
        super.wentWrong(how, cause);
    }
}
