package dev.leakproof.census;

import dev.leakproof.LiveThreads;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who owns each live thread of this JVM: one of our trees, the JVM itself, something else that has a name, or nobody.
 *
 * <p>Platform threads are cheap to count, a fraction of a millisecond for a thousand. Stacks are taken only of those that
 * they decide on. Virtual threads are seen only through the JVM's own dump, from JDK 21 on: some milliseconds and a
 * temporary file at least, and about a tenth of a millisecond for each, so ask for them when there is a reason.
 *
 * <p>Immutable; safe for use by many threads.
 */
public final class ThreadCensus {

    private final List<ThreadOwners> foreign;

    private ThreadCensus(List<ThreadOwners> foreign) {
        this.foreign = foreign;
    }

    /**
     * Returns a census that also knows the threads of others.
     *
     * @param foreign asked in this order; the first that knows a thread owns it
     */
    public static ThreadCensus knowing(ThreadOwners... foreign) {
        return new ThreadCensus(List.of(foreign));
    }

    /** Returns every live platform thread, whosever it is; microseconds, even for a thousand. */
    public static List<Thread> alive() {
        return PlatformThreads.alive();
    }

    /** Whether virtual threads can be seen: from JDK 21 on, on a HotSpot JVM. */
    public static boolean seesVirtualThreads() {
        return ThreadDump.isAvailable();
    }

    /** Returns every live platform thread, with a stack only where that decided whose it is. */
    public List<LiveThread> platform() {
        return platform(alive(), false, Map.of());
    }

    /** Returns those of {@code threads}, all platform threads, that still live, each with its stack, as of one moment. */
    public List<LiveThread> platform(Collection<Thread> threads) {
        return platform(List.copyOf(threads), true, Map.of());
    }

    /** Returns every live virtual thread with its stack; none where they cannot be seen. */
    public List<LiveThread> virtual() {
        return virtual(ThreadDump.take());
    }

    /** Returns all live threads, with stacks and, where the JVM keeps books of that, containers. */
    public List<LiveThread> all() {
        ThreadDump dump = ThreadDump.take();
        return Stream.concat(platform(alive(), true, dump.containers()).stream(), virtual(dump).stream())
                .toList();
    }

    private List<LiveThread> platform(List<Thread> threads, boolean stacks, Map<Long, String> containers) {
        if (threads.isEmpty()) {
            return List.of();
        }
        Map<Thread, String> own = LiveThreads.owners();
        Map<Thread, Infrastructure> candidates = new LinkedHashMap<>();
        for (Thread thread : threads) {
            Infrastructure candidate = own.containsKey(thread) ? null : Infrastructure.candidate(thread);
            if (candidate != null) {
                candidates.put(thread, candidate);
            }
        }
        Map<Long, ThreadInfo> seen = PlatformThreads.look(stacks ? threads : candidates.keySet());
        List<LiveThread> found = new ArrayList<>(threads.size());
        for (Thread thread : threads) {
            LiveThread live = describe(thread, seen.get(thread.getId()), containers.get(thread.getId()));
            if (live.state() == Thread.State.TERMINATED) {
                continue;
            }
            Infrastructure candidate = candidates.get(thread);
            String path = own.get(thread);
            if (path != null) {
                found.add(live.ownedBy(Ownership.OWN, path));
            } else if (candidate != null && candidate.isAtRest().test(live.stack())) {
                found.add(live.ownedBy(Ownership.INFRASTRUCTURE, candidate.label()));
            } else {
                found.add(settle(live));
            }
        }
        return List.copyOf(found);
    }

    private static LiveThread describe(Thread thread, @Nullable ThreadInfo seen, @Nullable String container) {
        ThreadGroup group = thread.getThreadGroup();
        return new LiveThread(
                thread,
                thread.getId(),
                thread.getName(),
                false,
                seen == null ? thread.getState() : seen.getThreadState(),
                group == null ? "" : group.getName(),
                thread.getClass().getName(),
                container,
                Ownership.UNOWNED,
                null,
                seen == null ? List.of() : List.of(seen.getStackTrace()),
                seen == null ? null : waitsFor(seen));
    }

    private static @Nullable String waitsFor(ThreadInfo seen) {
        String lock = seen.getLockName();
        if (lock == null || seen.getLockOwnerName() == null) {
            return lock;
        }
        return lock + ", held by '" + seen.getLockOwnerName() + "' (" + seen.getLockOwnerId() + ")";
    }

    private List<LiveThread> virtual(ThreadDump dump) {
        Map<Long, String> own = new HashMap<>();
        Map<Long, Thread> threads = new HashMap<>();
        LiveThreads.owners().forEach((thread, path) -> {
            own.put(thread.getId(), path);
            threads.put(thread.getId(), thread);
        });
        return dump.virtual().stream()
                .map(live -> {
                    String path = own.get(live.id());
                    if (path != null) {
                        return live.of(threads.get(live.id())).ownedBy(Ownership.OWN, path);
                    }
                    return Infrastructure.isSocketPoller(live.stack())
                            ? live.ownedBy(Ownership.INFRASTRUCTURE, "JDK virtual threads")
                            : settle(live);
                })
                .toList();
    }

    private LiveThread settle(LiveThread live) {
        for (ThreadOwners owners : foreign) {
            String owner = owners.ownerOf(live);
            if (owner != null) {
                return live.ownedBy(Ownership.FOREIGN, owner);
            }
        }
        return live;
    }
}
