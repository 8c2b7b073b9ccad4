package dev.leakproof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a worker is at, of which nothing is to be seen. */
class Standing implements Activity {

    @Override
    public boolean hasEnded() {
        return false;
    }

    @Override
    public @Nullable Thread thread() {
        return null;
    }

    @Override
    public String threadName() {
        return "";
    }

    @Override
    public boolean runsOn(Thread thread) {
        return false;
    }

    @Override
    public void wake() {}

    @Override
    public void interrupt(@Nullable Thread caller) {}

    @Override
    public List<StopHook> take(StopStage stage) {
        return List.of();
    }
}
