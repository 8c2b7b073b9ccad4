package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds out what has leaked.
 *
 * <p>Mostly nothing has, so the first look counts threads and takes no stack; all else is for suspects only. Those get
 * time: to end by themselves, and after a garbage collection, with which an idle timer, an executor or an HTTP client
 * that nobody refers to goes. There is a second one only where a quarter of the grace did not help. Time and looks are both
 * bounded.
 */
final class Detector {

    private static final int MOST_LOOKS = 100;
    /** These take some ten milliseconds, in which most of what still runs ends; then the garbage is collected. */
    private static final int QUICK_LOOKS = 8;

    private static final long FIRST_PAUSE = 50_000;
    private static final long LEAST_LONGEST_PAUSE = 100_000_000;
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
     * @param unsettled whether threads were being made, or the common pool was about to begin a task
     */
    private record Look(List<LiveThread> leaks, List<Thread> vanished, boolean unsettled) {

        boolean isClean(int looks) {
            return leaks.isEmpty() && vanished.isEmpty() && !(unsettled && looks < QUICK_LOOKS);
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
        boolean collectedAgain = false;
        long begun = System.nanoTime();
        for (int looks = 1; !look.isClean(looks) && looks < MOST_LOOKS; looks++) {
            long left = settings.grace().toNanos() - (System.nanoTime() - begun);
            if (left <= 0) {
                break;
            }
            if (looks == QUICK_LOOKS) {
                System.gc();
            } else if (looks > QUICK_LOOKS
                    && !collectedAgain
                    && left < settings.grace().toNanos() / 4 * 3) {
                // For what threads that were still ending referred to the first time.
                collectedAgain = true;
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
        ThreadIds.Mark begun = ThreadIds.now();
        // First, for a worker that takes what waits no longer looks idle.
        boolean waiting = CommonPool.hasWaiting();
        Suspects suspects = suspects();
        if (suspects.threads().isEmpty()) {
            // The JVM's list is not of one moment: of two threads, the first about to start the second, it may miss
            // both.
            suspects = suspects();
        }
        List<LiveThread> seen = census.platform(suspects.threads());
        Set<Thread> vanished = new HashSet<>(suspects.threads());
        seen.forEach(live -> vanished.remove(live.thread()));
        List<LiveThread> leaks = Stream.concat(seen.stream(), virtual(suspects.carriers()))
                .filter(this::isLeak)
                .toList();
        boolean unsettled = begun.isPast() || waiting || seen.stream().anyMatch(Detector::isBetweenTasks);
        return new Look(leaks, List.copyOf(vanished), unsettled);
    }

    private record Suspects(List<Thread> threads, boolean carriers) {}

    private Suspects suspects() {
        boolean carriers = false;
        List<Thread> threads = new ArrayList<>();
        for (Thread thread : ThreadCensus.alive()) {
            carriers |= thread.getClass().getName().equals(CARRIER);
            if (isSuspect(thread)) {
                threads.add(thread);
            }
        }
        return new Suspects(threads, carriers);
    }

    private static boolean isBetweenTasks(LiveThread live) {
        return live.thread() != null && live.ownership() == Ownership.INFRASTRUCTURE && CommonPool.owns(live.thread());
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
