package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random trees under random starts, stops, pauses, failures and load, from several threads at once; what must always hold
 * is checked all along, see docs/soak.md.
 *
 * <p>It goes round by round, each with a tree of its own and a fixed number of operations, all drawn from the seed and the
 * number of the round. {@code -Dsoak.minutes=10} makes it longer, {@code -Dsoak.seed=42} draws others, and
 * {@code -Dsoak.round=7} repeats one round.
 */
class TreeSoakTest {

    private static final int THREADS = 3;
    private static final int OPERATIONS = 300;
    private static final int ROUNDS_BY_DEFAULT = 3;

    /** A stop that takes longer than its timeout and this is not bounded: a machine may be busy. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    /** The first rounds load classes and compile. */
    private static final int WARM_UP = 5;

    private static final long MOST_GROWTH = 8L << 20;

    private final long seed = Long.getLong("soak.seed", 1);
    private final int onlyRound = Integer.getInteger("soak.round", -1);
    private final double minutes = Double.parseDouble(System.getProperty("soak.minutes", "0"));

    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong stops = new AtomicLong();
    private long starts;
    private long checks;
    private Duration longestStop = Duration.ZERO;

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
        long end = System.nanoTime() + (long) (minutes * Duration.ofMinutes(1).toNanos());
        List<Long> heap = new ArrayList<>();
        int round = Math.max(0, onlyRound);
        do {
            round(round);
            heap.add(usedHeap());
            round++;
        } while (onlyRound < 0 && (minutes > 0 ? System.nanoTime() - end < 0 : round < ROUNDS_BY_DEFAULT));

        System.out.printf(
                "soak: seed %d, %d rounds, %d operations, %d stops (longest %s), %d starts, %d checks, heap %s%n",
                seed, heap.size(), operations.get(), stops.get(), longestStop, starts, checks, inMebibytes(heap));
        assertFlat(heap);
    }

    private void round(int number) throws InterruptedException {
        String which = "seed " + seed + ", round " + number;
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        SoakTree tree = new SoakTree(random.split());
        tree.root.start();
        drive(tree, random, which);
        assertAllEnded(tree, which);
        calmStop(tree, which);
        assertAllEnded(tree, which);
        assertThat(tree.ledger.violations()).as(which).isEmpty();
        await().atMost(SLACK)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .as(which)
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.contains("soak")));
        checks += tree.ledger.checks();
        starts +=
                tree.nodes.stream().mapToLong(node -> node.snapshot().starts()).sum();
    }

    /** Several threads at once do what is drawn for them. */
    private void drive(SoakTree tree, SplittableRandom random, String which) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom own = random.split();
            String name = "driver-" + i;
            Thread thread = new Thread(() -> operate(tree, own, name), name);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            // Some hundred stops, of which the slowest wait for what leaks on purpose.
            thread.join(Duration.ofMinutes(3).toMillis());
            assertThat(thread.isAlive())
                    .as(() -> which + ": " + thread.getName() + " is stuck at " + List.of(thread.getStackTrace()))
                    .isFalse();
        }
    }

    private void operate(SoakTree tree, SplittableRandom random, String name) {
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                operations.incrementAndGet();
                operate(tree, pick(tree, random), random, name + "-" + i);
            } catch (CancellationException | PoolClosedException e) {
                // What a group or an item was for has been stopped.
            } catch (IllegalStateException e) {
                String message = String.valueOf(e.getMessage());
                if (!message.contains("expected it to be RUNNING") && !message.contains("to have an owner")) {
                    tree.ledger.violate("an operation threw " + e);
                }
            } catch (Throwable e) {
                tree.ledger.violate("an operation threw " + e);
            }
        }
    }

    /** Mostly one of those that stay, sometimes one that comes and goes. */
    private static Node pick(SoakTree tree, SplittableRandom random) {
        int index = random.nextInt(tree.nodes.size());
        if (random.nextInt(5) == 0) {
            List<NodeSnapshot> now = tree.root.snapshot().all().toList();
            Optional<TreeNode> found =
                    tree.root.node(now.get(random.nextInt(now.size())).path());
            if (found.isPresent()) {
                return (Node) found.get();
            }
        }
        return tree.nodes.get(index);
    }

    private void operate(SoakTree tree, Node node, SplittableRandom random, String name) throws Exception {
        switch (random.nextInt(24)) {
            case 0, 1 -> stop(tree, node, random.nextBoolean() ? null : Duration.ofSeconds(45));
            case 2 -> node.cancel();
            case 3 -> node.force();
            case 4 -> {
                long mark = tree.ledger.mark();
                node.pause();
                tree.ledger.allLeft(node, mark, "pause");
            }
            case 5, 6 -> node.resume();
            case 7 -> {
                long mark = tree.ledger.mark();
                node.cancel();
                if (node.await(Duration.ofMillis(random.nextInt(30)))) {
                    tree.ledger.allLeft(node, mark, "await");
                }
            }
            case 8 ->
                tree.root.snapshot().all().forEach(each -> {
                    if (each.stops() > each.starts()) {
                        tree.ledger.violate(each.path() + " has ended more often than it was started");
                    }
                });
            case 9 -> guest(tree, random, name);
            case 10, 11, 12 -> {
                Owner owner = tree.owners.get(random.nextInt(tree.owners.size()));
                tree.forkIn(TaskGroup.in(owner, name), random.split(), null, 1);
            }
            case 13, 14, 15 -> submit(tree, random);
            case 16 -> tree.caches.forEach(cache -> cache.get(random.nextInt(100), key -> "value"));
            case 17, 18 -> node.start();
            default -> {
                // Most of what is stopped takes something else down, so more is started than is stopped.
                tree.root.resume();
                tree.root.start();
                tree.owners.get(random.nextInt(tree.owners.size())).resume();
            }
        }
    }

    private void stop(SoakTree tree, Node node, Duration timeout) {
        long mark = tree.ledger.mark();
        long begun = System.nanoTime();
        StopReport report = timeout == null ? node.stop() : node.stop(timeout);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        Duration bound = (timeout == null ? SoakTree.STOP_TIMEOUT : timeout).plus(SLACK);
        stops.incrementAndGet();
        tree.ledger.allLeft(node, mark, "stop");
        if (took.compareTo(bound) > 0) {
            tree.ledger.violate("the stop of " + node + " took " + took);
        }
        report.leaked().forEach(entry -> {
            if (!entry.path().contains("leaky")) {
                tree.ledger.violate("leaked: " + entry);
            }
        });
        synchronized (this) {
            longestStop = took.compareTo(longestStop) > 0 ? took : longestStop;
        }
    }

    /** Somebody comes, and goes for good. */
    private void guest(SoakTree tree, SplittableRandom random, String name) {
        Owner owner = tree.owners.get(random.nextInt(tree.owners.size()));
        ManagedWorker guest = owner.start(tree.guest(name));
        if (random.nextBoolean()) {
            guest.cancel();
        }
        long mark = tree.ledger.mark();
        owner.detach(guest);
        tree.ledger.allLeft(guest, mark, "detach");
        if (guest.state().isLive()) {
            tree.ledger.violate(guest + " lives though it is detached");
        }
    }

    private static void submit(SoakTree tree, SplittableRandom random) throws InterruptedException {
        if (!tree.pools.isEmpty()) {
            WorkerPool<Long> pool = tree.pools.get(random.nextInt(tree.pools.size()));
            for (int i = 0; i < 10; i++) {
                pool.offer(tree.nextItem(), Duration.ofMillis(random.nextInt(3)));
            }
        }
    }

    /** Whatever came before, everything can be started again; and then one stop is looked at closely. */
    private void calmStop(SoakTree tree, String which) throws InterruptedException {
        tree.ledger.calm(true);
        // On a busy machine even an honest worker may have been given up on, and is left out of a start until it has
        // ended.
        stop(tree, tree.root, null);
        await().atMost(SLACK)
                .until(() -> below(tree.root)
                        .noneMatch(node ->
                                node.state() == NodeState.LEAKED || node.state().isLive()));
        tree.root.resume();
        tree.root.start();
        tree.nodes.forEach(Node::resume);
        // One may have been paused for itself.
        tree.pools.forEach(pool -> pool.worker().childrenInOrder().forEach(Node::resume));
        tree.nodes.forEach(node -> await().atMost(SLACK)
                .untilAsserted(() ->
                        assertThat(node.state()).as(which + ": " + node).isIn(NodeState.RUNNING, NodeState.STOPPED)));
        List<Long> accepted = new ArrayList<>();
        List<WorkerPool<Long>> draining = tree.pools.stream()
                .filter(pool -> pool.worker().effectiveStopMode() == StopMode.DRAIN)
                .toList();
        for (WorkerPool<Long> pool : draining) {
            for (int i = 0; i < 20; i++) {
                long item = tree.nextItem();
                // On a busy machine a pool that is to wait 5 ms for room may well refuse.
                assertThat(pool.offer(item, SLACK)).as(which).isTrue();
                accepted.add(item);
            }
        }
        stop(tree, tree.root, null);
        assertThat(accepted).as(which).allMatch(tree::wasProcessed);
        tree.ledger.calm(false);
    }

    private void assertAllEnded(SoakTree tree, String which) {
        stop(tree, tree.root, null);
        // What leaks on purpose ends soon after.
        await().atMost(SLACK).untilAsserted(() -> {
            assertThat(tree.ledger.atWork()).as(which).isEmpty();
            tree.root.snapshot().all().forEach(node -> {
                assertThat(node.stops()).as(which + ": " + node).isEqualTo(node.starts());
                assertThat(node.state().isLive()).as(which + ": " + node).isFalse();
            });
            assertThat(tree.root.ownTree().ticker().scheduled()).as(which).isZero();
            assertThat(below(tree.root).filter(Node::isDynamic))
                    .as(which + ": what comes and goes has gone, unless it is paused")
                    .allMatch(Node::isPaused);
        });
    }

    private static Stream<Node> below(Node node) {
        return node.childrenInOrder().stream().flatMap(child -> Stream.concat(Stream.of(child), below(child)));
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void assertFlat(List<Long> heap) {
        if (heap.size() >= 3 * WARM_UP) {
            long before = Collections.min(heap.subList(WARM_UP, 2 * WARM_UP));
            long after = Collections.min(heap.subList(heap.size() - WARM_UP, heap.size()));
            assertThat(after - before).as("growth of the heap: " + heap).isLessThan(MOST_GROWTH);
        }
    }

    private static String inMebibytes(List<Long> heap) {
        return heap.get(0) / (1 << 20) + " to " + heap.get(heap.size() - 1) / (1 << 20) + " MiB";
    }
}
