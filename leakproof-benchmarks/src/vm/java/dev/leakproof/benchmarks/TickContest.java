package dev.leakproof.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a beat costs: the CPU time of the whole process over the number of beats. */
final class TickContest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** More than one round takes, and less than two. */
    private static final double WARM_UP_SECONDS = Settings.isShort() ? 0 : 35;

    private TickContest() {}

    public static void main(String[] args) throws Exception {
        Map<String, Ticking> peers = new LinkedHashMap<>();
        peers.put("heartbeats, slack 10 ms", Ticking.heartbeats(Duration.ofMillis(10)));
        peers.put("heartbeats, slack 10 ms, runs told", Ticking.heartbeatsTold(Duration.ofMillis(10)));
        peers.put("heartbeats, slack 1 ms", Ticking.heartbeats(Duration.ofMillis(1)));
        peers.put("Spring ThreadPoolTaskScheduler", Ticking.pool());
        peers.put("Spring SimpleAsyncTaskScheduler", Ticking.simpleAsync());
        peers.put("Netty HashedWheelTimer, 10 ms", Ticking.wheel());
        // Two rounds to warm up: after one the compilers are still at what a beat runs, ours and the limit's.
        contest(10_000, WARM_UP_SECONDS, peers);
        Map<String, Ticking> ours = Map.of("heartbeats, slack 10 ms", Ticking.heartbeats(Duration.ofMillis(10)));
        contest(1_000, 0, ours);
        if (!Settings.isShort()) {
            contest(100_000, 0, ours);
        }
        System.exit(0);
    }

    private static void contest(int beats, double warmUp, Map<String, Ticking> peers) throws Exception {
        Contest contest = Contest.in("ticks", String.format(Locale.ROOT, "%,d a second", beats))
                .size(beats)
                .unit("µs")
                .warmUp(warmUp)
                .limit("sleeping virtual threads", cpu(beats, Ticking.sleeping()));
        peers.forEach((name, ticking) -> contest.with(name, cpu(beats, ticking)));
        contest.run(Settings.rounds(3, 2));
    }

    private static Measured cpu(int beats, Ticking ticking) {
        return () -> {
            LongAdder ticks = new LongAdder();
            Ticking.Beats beating = Ticking.Beats.of(beats, SECOND, beat -> ticks.increment());
            try (AutoCloseable running = ticking.begin(beating)) {
                beating.await(1.5);
                long cpu = PROCESS.getProcessCpuTime();
                long before = ticks.sum();
                Thread.sleep(2_000);
                return (PROCESS.getProcessCpuTime() - cpu) / 1e3 / (ticks.sum() - before);
            }
        };
    }
}
