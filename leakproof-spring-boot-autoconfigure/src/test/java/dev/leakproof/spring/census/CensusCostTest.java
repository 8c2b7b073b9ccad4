package dev.leakproof.spring.census;

import static org.awaitility.Awaitility.await;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.SuspectWatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a sweep takes while a thousand threads are alive, half of them workers. Prints what it measures. */
@Tag("drill") // wants the machine for itself
class CensusCostTest {

    private static final int EACH = 500;
    private static final int SWEEPS = 300;
    private static final Duration PERIOD = Duration.ofSeconds(5);

    @Test
    void watchingCostsLessThanAMillisecondASecond() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        List<Thread> others =
                IntStream.range(0, EACH).mapToObj(i -> parked(release)).toList();
        try (Owner app = Owner.root("many")) {
            for (int i = 0; i < EACH; i++) {
                app.start(ManagedWorker.named("worker-" + i)
                        .threads(ThreadKind.PLATFORM)
                        .run(ctx -> ctx.sleep(Duration.ofHours(1))));
            }
            ServiceCensus census = new ServiceCensus(new BeanThreads(), List.of());
            CensusSweep sweep = new CensusSweep(
                    census, new SuspectWatch(census.threads(), Duration.ofSeconds(30)), Duration.ofMinutes(10), null);
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                sweep.run();
                return sweep.latest().count(Ownership.OWN) > EACH
                        && sweep.latest().count(Ownership.UNOWNED) >= EACH;
            });
            measured(sweep); // warms it up
            double[] millis = measured(sweep);
            double median = millis[SWEEPS / 2];
            double aSecond = median / PERIOD.toSeconds();
            System.out.printf(
                    Locale.ROOT,
                    "census of %d platform threads: %.2f ms a sweep, %.2f ms a second at one every %d s%n",
                    2 * EACH,
                    median,
                    aSecond,
                    PERIOD.toSeconds());
            // The median tells more, but also of what else the machine does; least of that tells the shortest, and
            // where
            // all of these were disturbed, that of a quieter moment.
            await().atMost(Duration.ofMinutes(1)).until(() -> measured(sweep)[0] / PERIOD.toSeconds() < 1);
        } finally {
            release.countDown();
            for (Thread other : others) {
                other.join();
            }
        }
    }

    /** Returns the milliseconds that it takes, the shortest first. */
    private static double[] measured(Runnable sweep) {
        double[] millis = new double[SWEEPS];
        for (int i = 0; i < SWEEPS; i++) {
            long begun = System.nanoTime();
            sweep.run();
            millis[i] = (System.nanoTime() - begun) / 1e6;
        }
        Arrays.sort(millis);
        return millis;
    }

    private static Thread parked(CountDownLatch release) {
        Thread thread = new Thread(() -> {
            try {
                release.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
