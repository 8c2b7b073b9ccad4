package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds out what has leaked.
 *
 * <p>Mostly nothing has, so the first look counts threads and takes no stack; all else is for suspects only. Those get
 * time: to end by themselves, and after one garbage collection, with which an idle timer, an executor or an HTTP client
 * that nobody refers to goes. Time and looks are both bounded.
 */
final class Detector {

    private static final int MOST_LOOKS = 100;
    private static final int LOOKS_BEFORE_COLLECTION = 3;
    private static final long FIRST_PAUSE = 1_000_000;
    private static final long LEAST_LONGEST_PAUSE = 100 * FIRST_PAUSE;
    private static final int LAST_TRIES = 20;
    private static final String CARRIER = "jdk.internal.misc.CarrierThread";

    private final ThreadCensus census = ThreadCensus.knowing();
    private final Settings settings;
    private final Predicate<LiveThread> isLeak;

    /** @param isLeak asked last, for what nothing else excuses */
    Detector(Settings settings, Predicate<LiveThread> isLeak) {
        this.settings = settings;
        this.isLeak = isLeak;
    }

    /**
     * What one look has seen.
     *
     * @param vanished suspects that ended before their stacks were taken; each may have started the next, so a look with
     *     any proves nothing
     */
    private record Look(List<LiveThread> leaks, List<Thread> vanished) {

        boolean isClean() {
            return leaks.isEmpty() && vanished.isEmpty();
        }
    }

    /** Returns what is left when the grace is over, from one last look. The caller keeps its interrupt flag. */
    List<LiveThread> verdict() {
        // Set, it would end every pause at once.
        boolean interrupted = Thread.interrupted();
        try {
            return waitForVerdict();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<LiveThread> waitForVerdict() {
        Look look = look();
        long pause = FIRST_PAUSE;
        long longest = Math.max(LEAST_LONGEST_PAUSE, settings.grace().toNanos() / MOST_LOOKS);
        long begun = System.nanoTime();
        for (int looks = 1; !look.isClean() && looks < MOST_LOOKS; looks++) {
            long left = settings.grace().toNanos() - (System.nanoTime() - begun);
            if (left <= 0) {
                break;
            }
            if (looks == LOOKS_BEFORE_COLLECTION) {
                System.gc();
            }
            LockSupport.parkNanos(Math.min(pause, left));
            pause = Math.min(2 * pause, longest);
            look = look();
        }
        for (int tries = 0; look.leaks().isEmpty() && !look.vanished().isEmpty() && tries < LAST_TRIES; tries++) {
            look = look();
        }
        return look.leaks().isEmpty()
                ? look.vanished().stream().map(Detector::describeVanished).toList()
                : look.leaks();
    }

    private Look look() {
        boolean carriers = false;
        List<Thread> suspects = new ArrayList<>();
        for (Thread thread : ThreadCensus.alive()) {
            carriers |= thread.getClass().getName().equals(CARRIER);
            if (isSuspect(thread)) {
                suspects.add(thread);
            }
        }
        List<LiveThread> seen = census.platform(suspects);
        seen.forEach(live -> suspects.remove(live.thread()));
        return new Look(
                Stream.concat(seen.stream(), virtual(carriers))
                        .filter(this::isLeak)
                        .toList(),
                suspects);
    }

    private boolean isSuspect(Thread thread) {
        return thread != Thread.currentThread() && !settings.since().covers(thread) && !CommonPool.isIdle(thread);
    }

    private Stream<LiveThread> virtual(boolean carriers) {
        return settings.since().mayMissVirtual(carriers)
                ? census.virtual().stream()
                        .filter(live -> live.id() != Thread.currentThread().getId())
                : Stream.empty();
    }

    private boolean isLeak(LiveThread live) {
        return live.ownership() != Ownership.INFRASTRUCTURE
                && !settings.since().covers(live)
                && settings.allowed().stream().noneMatch(allowance -> allowance.allows(live))
                && isLeak.test(live);
    }

    private static LiveThread describeVanished(Thread thread) {
        return new LiveThread(
                thread,
                thread.getId(),
                thread.getName(),
                false,
                thread.getState(),
                "",
                thread.getClass().getName(),
                null,
                Ownership.UNOWNED,
                null,
                List.of(),
                null);
    }
}
