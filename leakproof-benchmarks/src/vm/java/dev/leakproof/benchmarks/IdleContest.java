package dev.leakproof.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How often a thread is woken up, when a thousand beats wait for an hour: what Linux counts as voluntary switches. */
final class IdleContest {

    private static final Path THREADS = Path.of("/proc/self/task");
    private static final int SECONDS = 3;

    private IdleContest() {}

    public static void main(String[] args) throws Exception {
        if (!Files.exists(THREADS)) {
            System.out.println("Only Linux counts how often a thread is woken up");
            return;
        }
        Contest.in("idle", "wake-ups a second")
                .unit("/s")
                .warmUp(0)
                .with("heartbeats, slack 1 ms", wakeUps(Ticking.heartbeats(Duration.ofMillis(1))))
                .with("sleeping virtual threads", wakeUps(Ticking.sleeping()))
                .with("Spring ThreadPoolTaskScheduler", wakeUps(Ticking.pool()))
                .with("Netty HashedWheelTimer, 10 ms", wakeUps(Ticking.wheel()))
                .run(Settings.rounds(1, 1));
        System.exit(0);
    }

    /** Those of the threads that were not there before; carriers of virtual threads are, after the first round. */
    private static Measured wakeUps(Ticking ticking) {
        return () -> {
            Set<Path> before = new HashSet<>(threads());
            Ticking.Beats beats = Ticking.Beats.of(1_000, Duration.ofHours(1), beat -> {});
            // The first is due in an hour too.
            beats = new Ticking.Beats(
                    beats.count(), beats.period(), beats.first() + beats.period().toNanos(), beats.beat());
            try (AutoCloseable running = ticking.begin(beats)) {
                Thread.sleep(1_000);
                long first = switches(before);
                Thread.sleep(1_000 * SECONDS);
                return (double) (switches(before) - first) / SECONDS;
            }
        };
    }

    private static List<Path> threads() throws IOException {
        try (Stream<Path> threads = Files.list(THREADS)) {
            return threads.toList();
        }
    }

    private static long switches(Set<Path> without) throws IOException {
        long switches = 0;
        for (Path thread : threads()) {
            if (!without.contains(thread) && isJava(thread)) {
                for (String line : Files.readAllLines(thread.resolve("status"))) {
                    if (line.startsWith("voluntary_ctxt_switches:")) {
                        switches += Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                    }
                }
            }
        }
        return switches;
    }

    /** Not one of those that compile and collect. */
    private static boolean isJava(Path thread) throws IOException {
        String name = Files.readString(thread.resolve("comm")).strip();
        return !name.matches("C[12] .*|G1 .*|GC .*|VM .*|.*[Cc]ompile.*");
    }
}
