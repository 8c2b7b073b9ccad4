package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;

/** Threads of pools that belong to the JDK, and which nobody could end: at rest they end by themselves, after a minute. */
final class IdlePools {

    static final List<Allowance> ALL = List.of(Allowance.of(
            live -> live.name().matches("HttpClient-\\d+-Worker-\\d+") && isPlain(live) && isAtRest(live),
            "idle threads of an HttpClient, which outlive it by up to a minute; its selector has to go"));

    private IdlePools() {}

    private static boolean isPlain(LiveThread live) {
        return live.type().equals("java.lang.Thread") || live.type().equals("jdk.internal.misc.InnocuousThread");
    }

    private static boolean isAtRest(LiveThread live) {
        return live.stack().stream().allMatch(Frames::isJdk)
                && live.stack().stream()
                        .anyMatch(frame -> frame.getClassName().equals("java.util.concurrent.ThreadPoolExecutor")
                                && frame.getMethodName().equals("getTask"));
    }
}
