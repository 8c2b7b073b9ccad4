package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;

/** Threads of pools that all of a JVM share, and which are nobody's to end, while they have nothing to do. */
final class IdlePools {

    static final List<Allowance> ALL = List.of(
            Allowance.of(
                    live -> live.name().matches("HttpClient-\\d+-Worker-\\d+")
                            && (isPlain(live) || live.type().equals("jdk.internal.misc.InnocuousThread"))
                            && isAtRest(live),
                    "idle threads of an HttpClient, which outlive it by up to a minute; its selector has to go"),
            Allowance.of(
                    live -> isReactors(live) && isAtRest(live),
                    "idle threads of Reactor's own schedulers, of which there is one of each for all of the JVM"));

    private IdlePools() {}

    private static boolean isReactors(LiveThread live) {
        return live.type().equals("reactor.core.scheduler.ReactorThreadFactory$NonBlockingThread")
                ? live.name().matches("(parallel|single)-\\d+")
                : isPlain(live) && live.name().matches("boundedElastic-(evictor-)?\\d+");
    }

    private static boolean isPlain(LiveThread live) {
        return live.type().equals("java.lang.Thread");
    }

    private static boolean isAtRest(LiveThread live) {
        return live.stack().stream().allMatch(Frames::isJdk)
                && Frames.isIn(ThreadPoolExecutor.class, "getTask", live.stack());
    }
}
