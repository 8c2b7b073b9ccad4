package dev.leakproof.benchmarks;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.ThreadKind;
import dev.leakproof.TreeListener;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Who can have many beats, each once in a period. */
interface Ticking {

    /** Begins them; what is returned ends them. */
    AutoCloseable begin(Beats beats) throws Exception;

    /**
     * Beats that are spread over the period.
     *
     * @param first when the first of them is due, by {@link System#nanoTime()}
     * @param beat what each does, given its number
     */
    record Beats(int count, Duration period, long first, IntConsumer beat) {

        /** Leaves time to begin them all, also for who is slow at that and on a busy machine. */
        static Beats of(int count, Duration period, IntConsumer beat) {
            return new Beats(count, period, System.nanoTime() + 200_000_000L + count * 30_000L, beat);
        }

        /** Sleeps until so many periods are over, after which all have begun. */
        void await(double periods) throws InterruptedException {
            long until = first + (long) (periods * period.toNanos());
            Thread.sleep(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }

        long due(int i) {
            return first + period.toNanos() * i / count;
        }

        Duration untilDue(int i) {
            return Duration.ofNanos(Math.max(0, due(i) - System.nanoTime()));
        }

        void run(int i) {
            beat.accept(i);
        }
    }

    /** One virtual thread each, which sleeps in between. */
    static Ticking sleeping() {
        return beats -> {
            List<Thread> threads = new ArrayList<>(beats.count());
            for (int i = 0; i < beats.count(); i++) {
                int beat = i;
                threads.add(Thread.ofVirtual().start(() -> sleepAndBeat(beats, beat)));
            }
            return () -> {
                threads.forEach(Thread::interrupt);
                for (Thread thread : threads) {
                    thread.join();
                }
            };
        };
    }

    private static void sleepAndBeat(Beats beats, int beat) {
        long due = beats.due(beat);
        try {
            while (true) {
                Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                beats.run(beat);
                due += beats.period().toNanos();
            }
        } catch (InterruptedException e) {
            // Told to end.
        }
    }

    /** In a tree that has a listener, as that of each application, which does nothing about runs. */
    static Ticking heartbeats(Duration slack) {
        return heartbeats(slack, new TreeListener() {
            @Override
            public void leaked(NodeSnapshot node, StopReport.Entry entry) {}
        });
    }

    /** In a tree that has a listener which is told of each run, as that of an application with meters. */
    static Ticking heartbeatsTold(Duration slack) {
        return heartbeats(slack, new TreeListener() {
            @Override
            public void ran(NodeSnapshot node, Duration took, Throwable failure) {}
        });
    }

    private static Ticking heartbeats(Duration slack, TreeListener listener) {
        return beats -> {
            Owner root = Owner.named("app")
                    .threads(ThreadKind.VIRTUAL)
                    .tickSlack(slack)
                    .build();
            root.addListener(listener);
            root.start();
            for (int i = 0; i < beats.count(); i++) {
                int beat = i;
                root.start(Heartbeat.named("beat-" + i)
                        .every(beats.period())
                        .initialDelay(beats.untilDue(i))
                        .beat(ctx -> beats.run(beat)));
            }
            return root;
        };
    }

    static Ticking simpleAsync() {
        return beats -> {
            SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
            scheduler.setVirtualThreads(true);
            for (int i = 0; i < beats.count(); i++) {
                int beat = i;
                scheduler.scheduleAtFixedRate(
                        () -> beats.run(beat), Instant.now().plus(beats.untilDue(i)), beats.period());
            }
            return scheduler::close;
        };
    }

    static Ticking pool() {
        return beats -> {
            ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
            scheduler.setPoolSize(Runtime.getRuntime().availableProcessors());
            scheduler.initialize();
            for (int i = 0; i < beats.count(); i++) {
                int beat = i;
                scheduler.scheduleAtFixedRate(
                        () -> beats.run(beat), Instant.now().plus(beats.untilDue(i)), beats.period());
            }
            return scheduler::shutdown;
        };
    }

    /** All on the one thread of the wheel, each scheduled anew by the beat before. */
    static Ticking wheel() {
        return beats -> {
            HashedWheelTimer wheel = new HashedWheelTimer(10, TimeUnit.MILLISECONDS);
            for (int i = 0; i < beats.count(); i++) {
                int beat = i;
                wheel.newTimeout(
                        new TimerTask() {
                            @Override
                            public void run(Timeout timeout) {
                                beats.run(beat);
                                wheel.newTimeout(this, beats.period().toNanos(), TimeUnit.NANOSECONDS);
                            }
                        },
                        beats.untilDue(i).toNanos(),
                        TimeUnit.NANOSECONDS);
            }
            return wheel::stop;
        };
    }
}
