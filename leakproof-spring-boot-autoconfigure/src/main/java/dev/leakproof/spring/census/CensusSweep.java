package dev.leakproof.spring.census;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.Suspect;
import dev.leakproof.census.SuspectWatch;
import dev.leakproof.census.ThreadCreators;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The census that is taken regularly: counts threads, warns once of each that nobody owns and that lives too long, and
 * once of each worker that gets nowhere. Platform threads only.
 *
 * <p>A thread of a pool that waits for work is not warned of, though nobody may be known to own that pool. Safe for use
 * by many threads, one of which sweeps at a time; readers get the last sweep and never wait for the next.
 */
public final class CensusSweep implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(CensusSweep.class);

    /** In one sweep; a stack costs some twenty microseconds. */
    private static final int MOST_STACKS = 50;

    private static final int MOST_WARNINGS = 10;
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ServiceCensus census;
    private final SuspectWatch watch;
    private final Duration unownedAfter;
    private final @Nullable ThreadCreators creators;
    private final LongSupplier clock;
    private final Map<Long, Stray> strays = new HashMap<>();
    private Set<Long> suspected = Set.of();
    private volatile @Nullable Sweep latest;

    /**
     * Creates a sweep.
     *
     * @param unownedAfter how long an unowned thread may live before it is warned of
     * @param creators who starts threads; null where that is not recorded
     */
    public CensusSweep(
            ServiceCensus census, SuspectWatch watch, Duration unownedAfter, @Nullable ThreadCreators creators) {
        this(census, watch, unownedAfter, creators, System::nanoTime);
    }

    CensusSweep(
            ServiceCensus census,
            SuspectWatch watch,
            Duration unownedAfter,
            @Nullable ThreadCreators creators,
            LongSupplier clock) {
        this.census = census;
        this.watch = watch;
        this.unownedAfter = unownedAfter;
        this.creators = creators;
        this.clock = clock;
    }

    /** An unowned thread: the stack that it had when last looked at, and what is known of it since it was first seen. */
    private static final class Stray {

        private final long seenNanos;
        private LiveThread live;
        private long nextLookNanos;
        private @Nullable String creator;
        private boolean warned;

        private Stray(LiveThread live, long now) {
            this.live = live;
            this.seenNanos = now;
            this.nextLookNanos = now;
        }

        private boolean isOverdue(long now, Duration threshold) {
            return now - seenNanos >= threshold.toNanos() && !Frames.isIdlePooled(live.stack());
        }

        private Sweep.Unowned describe(long now) {
            return new Sweep.Unowned(live, Duration.ofNanos(now - seenNanos), creator);
        }
    }

    /** Returns what the last sweep found; sweeps if there was none. */
    public Sweep latest() {
        Sweep last = latest;
        return last == null ? sweep() : last;
    }

    /** Returns the census that is taken. */
    public ServiceCensus census() {
        return census;
    }

    /** Sweeps. */
    @Override
    public void run() {
        sweep();
    }

    private synchronized Sweep sweep() {
        long now = clock.getAsLong();
        Map<Long, LiveThread> seen = new HashMap<>();
        census.glance().forEach(live -> seen.put(live.id(), live));
        strays.keySet().removeIf(id -> !isUnowned(seen.get(id)));
        seen.values().stream()
                .filter(CensusSweep::isUnowned)
                .forEach(live -> strays.computeIfAbsent(live.id(), id -> new Stray(live, now)));
        look(now, seen);
        warnOfStrays(now);
        List<Suspect> suspects = watch.look();
        warnOf(suspects);
        Map<Ownership, Integer> counts = new EnumMap<>(Ownership.class);
        seen.values().forEach(live -> counts.merge(live.ownership(), 1, Integer::sum));
        Sweep swept = new Sweep(
                Instant.now(),
                counts,
                overdue(now).map(stray -> stray.describe(now)).toList(),
                suspects);
        latest = swept;
        return swept;
    }

    private static boolean isUnowned(@Nullable LiveThread live) {
        return live != null && live.ownership() == Ownership.UNOWNED;
    }

    /** Looks at the stacks of some: soon after they were first seen, then ever less often, and before one is warned of. */
    private void look(long now, Map<Long, LiveThread> seen) {
        List<Stray> due = strays.values().stream()
                .filter(stray -> stray.nextLookNanos <= now)
                .sorted(Comparator.comparingLong(stray -> stray.nextLookNanos))
                .limit(MOST_STACKS)
                .toList();
        for (LiveThread live : census.look(due.stream().map(stray -> stray.live).toList())) {
            seen.put(live.id(), live);
            Stray stray = strays.get(live.id());
            if (live.ownership() != Ownership.UNOWNED) {
                strays.remove(live.id());
            } else if (stray != null) {
                stray.live = live;
                long age = now - stray.seenNanos;
                long untilOverdue = unownedAfter.toNanos() - age;
                long pause = Math.min(age + SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
                stray.nextLookNanos = now + (untilOverdue > 0 ? Math.min(pause, untilOverdue) : pause);
            }
        }
    }

    /** The oldest first. */
    private Stream<Stray> overdue(long now) {
        return strays.values().stream()
                .filter(stray -> stray.isOverdue(now, unownedAfter))
                .sorted(Comparator.comparingLong(stray -> stray.seenNanos));
    }

    private void warnOfStrays(long now) {
        List<Stray> news = overdue(now).filter(stray -> !stray.warned).toList();
        if (news.isEmpty()) {
            return;
        }
        if (creators != null) {
            Map<Long, String> by =
                    creators.of(news.stream().map(stray -> stray.live).toList());
            news.forEach(stray -> stray.creator = by.get(stray.live.id()));
        }
        news.stream()
                .limit(MOST_WARNINGS)
                .forEach(stray -> log.warn(
                        "Nobody owns {}. Make it a worker or a bean, or have a ThreadOwners bean say whose it is",
                        stray.describe(now)));
        if (news.size() > MOST_WARNINGS) {
            log.warn("Nobody owns {} more threads, which have lived as long", news.size() - MOST_WARNINGS);
        }
        news.forEach(stray -> stray.warned = true);
    }

    private void warnOf(List<Suspect> suspects) {
        Set<Long> now = suspects.stream().map(suspect -> suspect.thread().id()).collect(Collectors.toSet());
        suspects.stream()
                .filter(suspect -> !suspected.contains(suspect.thread().id()))
                .limit(MOST_WARNINGS)
                .forEach(suspect -> log.warn("Worker {}{}", suspect, where(suspect.thread())));
        suspected = now;
    }

    private static String where(LiveThread live) {
        return Frames.line(live.stack()).map(frame -> ", at " + frame).orElse("");
    }
}
