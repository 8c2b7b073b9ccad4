package dev.leakproof.test;

import dev.leakproof.LiveThreads;
import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was alive at some moment, and is nobody's leak later.
 *
 * <p>That includes the threads which a worker of a tree that ran already starts anew later on. A thread of the common
 * pool is included only if it was busy then: what an idle one is given later counts.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class Baseline {

    /** The threads that run virtual ones end after 30 idle seconds; before that they give those away. */
    private static final long CARRIERS_STAY_NANOS = TimeUnit.SECONDS.toNanos(20);

    static final Baseline NONE = new Baseline(Set.of(), Set.of(), null);

    private final Set<Thread> platform;
    private final Set<String> paths;
    private final ThreadIds.@Nullable Mark mark;
    private final long takenNanos = System.nanoTime();

    private Baseline(Set<Thread> platform, Set<String> paths, ThreadIds.@Nullable Mark mark) {
        this.platform = platform;
        this.paths = paths;
        this.mark = mark;
    }

    static Baseline now() {
        Set<Thread> platform = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Thread> pooled = new ArrayList<>();
        for (Thread thread : ThreadCensus.alive()) {
            if (!CommonPool.owns(thread)) {
                platform.add(thread);
            } else if (!CommonPool.isIdle(thread)) {
                pooled.add(thread);
            }
        }
        ThreadCensus.knowing().platform(pooled).stream()
                .filter(live -> live.ownership() != Ownership.INFRASTRUCTURE)
                .forEach(live -> platform.add(Objects.requireNonNull(live.thread())));
        return new Baseline(platform, LiveThreads.runningPaths(), ThreadIds.now());
    }

    boolean covers(Thread platformThread) {
        return platform.contains(platformThread);
    }

    boolean covers(LiveThread live) {
        boolean older = mark != null && live.virtual() && live.id() <= mark.id();
        return older || (live.ownership() == Ownership.OWN && paths.contains(String.valueOf(live.owner())));
    }

    /**
     * Whether there may be virtual threads that this does not cover. To look at them costs milliseconds, so it is worth
     * knowing that there are none.
     *
     * @param carriers whether a thread that runs virtual threads is alive
     */
    boolean mayMissVirtual(boolean carriers) {
        return mark == null || (mark.isPast() && (carriers || System.nanoTime() - takenNanos > CARRIERS_STAY_NANOS));
    }
}
