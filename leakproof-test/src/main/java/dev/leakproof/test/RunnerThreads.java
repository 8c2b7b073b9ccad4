package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;

/** The threads of the test runners, which come and go as those please. */
final class RunnerThreads {

    static final List<Allowance> ALL = List.of(
            // Its master's commands and pings; the latter wait in an executor of the JDK.
            Allowance.of(
                    live -> live.group().equals("main")
                            && isPlain(live)
                            && (hasFrameOf(live, "org.apache.maven.surefire.")
                                    || (live.name().startsWith("surefire-forkedjvm-") && isIdle(live))),
                    "Surefire's own"),
            Allowance.of(
                    live -> live.type().startsWith("org.junit.platform.engine.support.hierarchical."),
                    "JUnit's workers of parallel execution"),
            Allowance.of(
                    live -> live.name().startsWith("junit-jupiter-timeout-watcher") && isPlain(live) && isIdle(live),
                    "JUnit's watch over timeouts"));

    private RunnerThreads() {}

    private static boolean isPlain(LiveThread live) {
        return live.type().equals("java.lang.Thread");
    }

    private static boolean hasFrameOf(LiveThread live, String prefix) {
        return live.stack().stream().anyMatch(frame -> frame.getClassName().startsWith(prefix));
    }

    private static boolean isIdle(LiveThread live) {
        return !live.stack().isEmpty() && live.stack().stream().allMatch(Frames::isJdk);
    }
}
