package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random trees under random starts, stops, pauses, failures and children, from several threads at once; what must always
 * hold is checked all along.
 *
 * <p>{@code -Dsoak.seconds=600 -Dsoak.seed=42} makes it longer, and repeats one.
 */
class TreeSoakTest {

    private static final int THREADS = 3;

    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final long nanos =
            Duration.ofSeconds(Long.getLong("soak.seconds", 5)).toNanos();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong stops = new AtomicLong();

    /** Thousands of failures on purpose say nothing to a reader. */
    @BeforeEach
    void quiet() {
        ((Logger) LoggerFactory.getLogger("dev.leakproof")).setLevel(Level.OFF);
    }

    @AfterEach
    void loud() {
        ((Logger) LoggerFactory.getLogger("dev.leakproof")).setLevel(null);
    }

    @Test
    void nothingIsOrphanedLostOrRunTwice() throws InterruptedException {
        Owner root = Owner.named("soak").stopTimeout(Duration.ofSeconds(20)).build();
        List<TreeNode> nodes = new ArrayList<>(List.of(root));
        SplittableRandom random = new SplittableRandom(seed);
        build(root, random.split(), nodes, 3);
        root.start();

        long end = System.nanoTime() + nanos;
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom own = random.split();
            Thread thread = new Thread(() -> {
                try {
                    while (System.nanoTime() - end < 0) {
                        act(nodes.get(own.nextInt(nodes.size())), own);
                    }
                } catch (Throwable e) {
                    violations.add("an operation threw " + e);
                } finally {
                    done.countDown();
                }
            });
            thread.start();
        }
        done.await();
        StopReport report = root.stop();

        assertThat(violations).as("seed " + seed).isEmpty();
        assertThat(report.isClean()).as("seed " + seed).isTrue();
        root.snapshot().all().forEach(node -> {
            assertThat(node.stops()).as(node + ", seed " + seed).isEqualTo(node.starts());
            assertThat(node.state().isLive()).as(node + ", seed " + seed).isFalse();
        });
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("soak")));
        System.out.printf(
                "soak: %d operations, %d stops, %d starts, seed %d%n",
                operations.get(),
                stops.get(),
                root.snapshot().all().mapToLong(NodeSnapshot::starts).sum(),
                seed);
    }

    private void build(Owner owner, SplittableRandom random, List<TreeNode> nodes, int depth) {
        for (int i = 0; i < 3; i++) {
            if (depth > 1) {
                Owner child = Owner.named("o" + i).build();
                owner.attach(child);
                nodes.add(child);
                build(child, random.split(), nodes, depth - 1);
            }
            nodes.add(owner.attach(worker("w" + i, random.split())));
        }
    }

    private ManagedWorker worker(String name, SplittableRandom random) {
        AtomicInteger atOnce = new AtomicInteger();
        ThreadKind threads = random.nextBoolean() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
        ManagedWorker.Builder builder = ManagedWorker.named(name).threads(threads);
        StopMode[] modes = StopMode.values();
        builder.stopMode(modes[random.nextInt(modes.length)]);
        int what = random.nextInt(4);
        if (what == 0) {
            return builder.every(Duration.ofMillis(1 + random.nextInt(5)))
                    .run(ctx -> alone(atOnce, () -> {
                        if (random.split().nextInt(10) == 0) {
                            throw new IllegalStateException("on purpose");
                        }
                    }));
        }
        builder.restart(RestartPolicy.onFailure()
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .intensity(1_000_000, Duration.ofMinutes(1)));
        return builder.run(ctx -> alone(atOnce, () -> {
            if (what == 1) {
                Thread.onSpinWait();
                throw new IllegalStateException("on purpose");
            }
            AtomicInteger childEnded = new AtomicInteger(1);
            if (what == 2) {
                childEnded.set(0);
                try {
                    ctx.start(ManagedWorker.named("child")
                            .restart(RestartPolicy.never())
                            .run(child -> {
                                try {
                                    while (child.sleep(Duration.ofMillis(50))) {
                                        // Until told.
                                    }
                                } finally {
                                    childEnded.set(1);
                                }
                            }));
                } catch (IllegalStateException e) {
                    // The stop was first.
                }
            }
            while (ctx.sleep(Duration.ofMillis(50))) {
                // Until told.
            }
        }));
    }

    private interface Body {
        void run() throws Exception;
    }

    private void alone(AtomicInteger atOnce, Body body) throws Exception {
        if (atOnce.incrementAndGet() != 1) {
            violations.add("a body ran beside itself");
        }
        try {
            body.run();
        } finally {
            atOnce.decrementAndGet();
        }
    }

    private void act(TreeNode node, SplittableRandom random) throws InterruptedException {
        operations.incrementAndGet();
        try {
            switch (random.nextInt(11)) {
                case 0, 1 -> {
                    StopReport report = node.stop();
                    stops.incrementAndGet();
                    if (!report.isClean()) {
                        violations.add("leaked: " + report);
                    }
                }
                case 2 -> node.cancel();
                case 3 -> node.force();
                case 4 -> node.pause();
                case 5, 8, 9, 10 -> node.resume();
                case 6 -> {
                    if (node.snapshot().all().anyMatch(each -> each.stops() > each.starts())) {
                        violations.add("more stops than starts");
                    }
                }
                default -> node.start();
            }
        } catch (IllegalStateException e) {
            if (!String.valueOf(e.getMessage()).contains("expected it to be RUNNING")) {
                throw e;
            }
        }
    }
}
