package dev.leakproof.census;

import dev.leakproof.LiveThreads;
import dev.leakproof.census.Suspect.Trouble;
import java.lang.management.LockInfo;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds workers that get nowhere: they spin, wait for a lock that does not come, or are deadlocked.
 *
 * <p>It compares what it sees with what it saw before, so have it look every few seconds. Only platform threads can be
 * seen: the JVM tells neither the CPU time of virtual threads nor what locks those hold.
 *
 * <p>Safe for use by many threads, one of which looks at a time.
 */
public final class SuspectWatch {

    /** Of a processor. More than a worker that also reads, writes or waits now and then will have. */
    private static final double SPINNING_SHARE = 0.8;

    private final ThreadCensus census;
    private final long patienceNanos;
    private final double spinningShare;
    private final LongSupplier clock;
    private Map<Long, Trail> trails = Map.of();

    /**
     * Creates a watch over the workers of all trees.
     *
     * @param census says who owns what holds a lock
     * @param patience how long a worker may spin, or wait for one lock
     * @throws IllegalArgumentException if the patience is not longer than zero
     */
    public SuspectWatch(ThreadCensus census, Duration patience) {
        this(census, patience, SPINNING_SHARE, System::nanoTime);
    }

    SuspectWatch(ThreadCensus census, Duration patience, double spinningShare, LongSupplier clock) {
        if (patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("Expected a patience longer than zero, but was " + patience);
        }
        this.census = census;
        this.patienceNanos = patience.toNanos();
        this.spinningShare = spinningShare;
        this.clock = clock;
    }

    /**
     * What was seen of one thread.
     *
     * @param atNanos when
     * @param cpuNanos what it had used by then; negative if that is not known
     * @param spinsSince since when it has used its share in each look
     * @param pending the lock, if it waits for one
     * @param waitsSince since when for that
     */
    private record Trail(
            long atNanos,
            long cpuNanos,
            @Nullable Long spinsSince,
            @Nullable Wait pending,
            long waitsSince) {}

    /** A single wait for a lock: the counts tell it from the next one for the same. */
    private record Wait(String lock, long holderId, long waits) {

        static @Nullable Wait of(ThreadInfo info) {
            LockInfo lock = info.getLockInfo();
            return lock == null || info.getLockOwnerId() < 0
                    ? null
                    : new Wait(lock.toString(), info.getLockOwnerId(), info.getBlockedCount() + info.getWaitedCount());
        }

        boolean isSameAs(@Nullable Wait other) {
            return other != null && lock.equals(other.lock) && waits == other.waits;
        }
    }

    /**
     * Looks once: about two microseconds for each thread of a worker, and more only for those that it returns.
     *
     * @return those that get nowhere now, the longest first
     */
    public synchronized List<Suspect> look() {
        List<Thread> threads = LiveThreads.owners().keySet().stream()
                .filter(PlatformThreads::isPlatform)
                .toList();
        Map<Long, Trail> before = trails;
        trails = follow(threads, before);
        Set<Long> deadlocked =
                trails.entrySet().stream().anyMatch(entry -> waitsStill(entry.getValue(), before.get(entry.getKey())))
                        ? PlatformThreads.deadlocked()
                        : Set.of();
        Map<Long, Trouble> troubles = new HashMap<>();
        trails.forEach((id, trail) -> {
            Trouble trouble = trouble(trail, deadlocked.contains(id));
            if (trouble != null) {
                troubles.put(id, trouble);
            }
        });
        return troubles.isEmpty() ? List.of() : describe(threads, troubles);
    }

    private Map<Long, Trail> follow(List<Thread> threads, Map<Long, Trail> before) {
        long[] ids = threads.stream().mapToLong(Thread::getId).toArray();
        Map<Long, Long> cpu = PlatformThreads.cpuNanos(ids);
        long now = clock.getAsLong();
        Map<Long, Trail> seen = new HashMap<>();
        for (ThreadInfo info : PlatformThreads.glance(ids)) {
            long id = info.getThreadId();
            seen.put(id, trail(info, cpu.getOrDefault(id, -1L), now, before.get(id)));
        }
        return seen;
    }

    private Trail trail(ThreadInfo info, long cpuNanos, long now, @Nullable Trail last) {
        Wait wait = Wait.of(info);
        long waitsSince = wait != null && last != null && wait.isSameAs(last.pending()) ? last.waitsSince() : now;
        Long spinsSince = null;
        if (last != null
                && last.cpuNanos() >= 0
                && cpuNanos - last.cpuNanos() >= spinningShare * (now - last.atNanos())) {
            spinsSince = last.spinsSince() == null ? Long.valueOf(last.atNanos()) : last.spinsSince();
        }
        return new Trail(now, cpuNanos, spinsSince, wait, waitsSince);
    }

    private static boolean waitsStill(Trail trail, @Nullable Trail last) {
        return last != null && trail.pending() != null && trail.pending().isSameAs(last.pending());
    }

    private @Nullable Trouble trouble(Trail trail, boolean deadlocked) {
        if (deadlocked) {
            return Trouble.DEADLOCKED;
        } else if (trail.pending() != null && trail.atNanos() - trail.waitsSince() >= patienceNanos) {
            return Trouble.BLOCKED;
        } else if (trail.spinsSince() != null && trail.atNanos() - trail.spinsSince() >= patienceNanos) {
            return Trouble.SPINNING;
        }
        return null;
    }

    private List<Suspect> describe(List<Thread> threads, Map<Long, Trouble> troubles) {
        Set<Long> holders = troubles.keySet().stream()
                .map(id -> Objects.requireNonNull(trails.get(id)).pending())
                .filter(Objects::nonNull)
                .map(Wait::holderId)
                .collect(Collectors.toSet());
        Set<Thread> looked = new HashSet<>();
        Stream.concat(threads.stream(), ThreadCensus.alive().stream())
                .filter(thread -> troubles.containsKey(thread.getId()) || holders.contains(thread.getId()))
                .forEach(looked::add);
        Map<Long, LiveThread> live = new HashMap<>();
        census.platform(looked).forEach(thread -> live.put(thread.id(), thread));
        List<Suspect> suspects = new ArrayList<>();
        troubles.forEach((id, trouble) -> {
            LiveThread thread = live.get(id);
            if (thread != null) {
                suspects.add(suspect(thread, trouble, Objects.requireNonNull(trails.get(id)), live));
            }
        });
        suspects.sort((one, other) -> other.lasting().compareTo(one.lasting()));
        return List.copyOf(suspects);
    }

    private static Suspect suspect(LiveThread thread, Trouble trouble, Trail trail, Map<Long, LiveThread> live) {
        boolean spins = trouble == Trouble.SPINNING;
        Long since = spins ? trail.spinsSince() : Long.valueOf(trail.waitsSince());
        Wait wait = spins ? null : trail.pending();
        return new Suspect(
                thread,
                trouble,
                Duration.ofNanos(trail.atNanos() - Objects.requireNonNull(since)),
                wait == null ? null : live.get(wait.holderId()));
    }
}
