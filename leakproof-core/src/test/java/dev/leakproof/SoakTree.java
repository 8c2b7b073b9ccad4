package dev.leakproof;

import dev.leakproof.cache.EvictingCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A random tree of everything that can be owned, drawn from a seed. What a body does in its nth run is drawn from the seed
 * too. In the calm all of them only wait to be told to stop.
 */
final class SoakTree {

    /** Long enough for a machine that has other things to do; nothing here needs more than some tenths of a second. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    /** What leaks on purpose is given up on soon. */
    private static final Duration LEAK_TIMEOUT = Duration.ofMillis(60);

    private static final StopMode[] MODES = StopMode.values();

    final SoakLedger ledger = new SoakLedger();
    final Owner root;
    final List<Node> nodes = new ArrayList<>();
    final List<Owner> owners = new ArrayList<>();
    final List<WorkerPool<Long>> pools = new ArrayList<>();
    final List<EvictingCache<Integer, String>> caches = new ArrayList<>();
    private final Set<Long> processed = ConcurrentHashMap.newKeySet();
    private final AtomicLong items = new AtomicLong();

    SoakTree(SplittableRandom random) {
        root = Owner.named("soak")
                .stopTimeout(STOP_TIMEOUT)
                .applicationCloser(culprit -> stopRoot())
                .build();
        keep(root);
        owners.add(root);
        grow(root, random, 2 + random.nextInt(2));
    }

    private void stopRoot() {
        root.stop();
    }

    private void grow(Owner owner, SplittableRandom random, int depth) {
        for (int i = 0; depth > 1 && i < 1 + random.nextInt(3); i++) {
            Owner child = Owner.named("owner" + i).build();
            owner.attach(child);
            owners.add(keep(child));
            grow(child, random, depth - 1);
        }
        for (int i = 0; i < 3 + random.nextInt(3); i++) {
            keep(leaf(owner, random, i));
        }
    }

    private <N extends Node> N keep(N node) {
        nodes.add(node);
        return node;
    }

    private ManagedWorker leaf(Owner owner, SplittableRandom random, int i) {
        switch (random.nextInt(16)) {
            case 0, 1 -> {
                return heartbeat(owner, random, i);
            }
            case 2, 3 -> {
                return pool(owner, random, i);
            }
            case 4 -> {
                return cache(owner, random, i);
            }
            case 5 -> {
                return periodic(owner, random, i);
            }
            case 6, 7 -> {
                return parent(owner, random, i);
            }
            case 8, 9, 10 -> {
                return forking(owner, random, i);
            }
            case 11 -> {
                return deaf(owner, random, i);
            }
            case 12 -> {
                return leaky(owner, random, i);
            }
            case 13 -> {
                return stopsItsOwner(owner, random, i);
            }
            default -> {
                return looping(owner, random, i);
            }
        }
    }

    // What there is

    private interface Body {
        void run(WorkerContext ctx, SplittableRandom random) throws Exception;
    }

    /** Fails, returns, or loops until it is told to stop; failing too often has consequences. */
    private ManagedWorker looping(Owner owner, SplittableRandom random, int i) {
        ManagedWorker.Builder builder = builder("loop" + i, random);
        if (random.nextInt(4) == 0) {
            builder.concurrency(3);
        }
        return attach(owner, builder, random, false, (ctx, drawn) -> {
            switch (ledger.isCalm() ? 5 : drawn.nextInt(6)) {
                case 0 -> throw new IllegalStateException("on purpose");
                case 1 -> {
                    ctx.sleep(Duration.ofMillis(drawn.nextInt(5)));
                    throw new StackOverflowError("on purpose");
                }
                case 2 -> {
                    ctx.sleep(Duration.ofMillis(drawn.nextInt(5)));
                    throw drawn.nextInt(8) == 0
                            ? new StopOwnerException("on purpose")
                            : drawn.nextInt(2) == 0
                                    ? new DoNotRestartException("on purpose")
                                    : new CancellationException("nobody asked for this");
                }
                case 3 -> withinItsTime(ctx, drawn);
                default -> untilTold(ctx);
            }
        });
    }

    private static void withinItsTime(WorkerContext ctx, SplittableRandom drawn) throws Exception {
        while (!ctx.isStopping()) {
            try {
                ctx.within(Duration.ofMillis(1 + drawn.nextInt(20)), () -> {
                    ctx.sleep(Duration.ofMillis(5));
                    return "";
                });
            } catch (TimeoutException e) {
                // As it happens.
            }
        }
    }

    private ManagedWorker periodic(Owner owner, SplittableRandom random, int i) {
        ManagedWorker.Builder builder = ManagedWorker.named("periodic" + i).threads(kind(random));
        Duration time = Duration.ofMillis(1 + random.nextInt(8));
        switch (random.nextInt(3)) {
            case 0 -> builder.every(time);
            case 1 -> builder.fixedDelay(time).initialDelay(time);
            default -> builder.trigger(now -> now.plus(time)).timeout(Duration.ofMillis(30));
        }
        return attach(owner, builder.stopMode(mode(random)), random, false, (ctx, drawn) -> sometimes(ctx, drawn));
    }

    private ManagedWorker heartbeat(Owner owner, SplittableRandom random, int i) {
        AtomicLong runs = new AtomicLong();
        long seed = random.nextLong();
        Object work = new Object();
        ManagedWorker[] self = new ManagedWorker[1];
        Heartbeat heartbeat = Heartbeat.named("heartbeat" + i)
                .every(Duration.ofMillis(1 + random.nextInt(8)))
                .timeout(Duration.ofMillis(20))
                .threads(kind(random))
                .stopMode(mode(random))
                .beat(ctx -> run(self[0], work, ctx, drawn(seed, runs), false, SoakTree::sometimes));
        self[0] = heartbeat.worker();
        owner.attach(heartbeat);
        return heartbeat.worker();
    }

    private static void sometimes(WorkerContext ctx, SplittableRandom drawn) throws InterruptedException {
        switch (drawn.nextInt(8)) {
            case 0 -> throw new IllegalStateException("on purpose");
            case 1 -> ctx.sleep(Duration.ofMillis(drawn.nextInt(40)));
            default -> Thread.onSpinWait();
        }
    }

    private ManagedWorker pool(Owner owner, SplittableRandom random, int i) {
        long seed = random.nextLong();
        WorkerPool<Long> pool = WorkerPool.<Long>named("pool" + i)
                .workers(1 + random.nextInt(3))
                .capacity(1 + random.nextInt(8))
                .onFull(random.nextBoolean() ? OnFull.BLOCK : OnFull.timeOut(Duration.ofMillis(5)))
                .onFailure(random.nextInt(4) == 0 ? ItemFailurePolicy.STOP : ItemFailurePolicy.SKIP)
                .threads(kind(random))
                .stopMode(mode(random))
                .process((ctx, item) -> {
                    if (!processed.add(item)) {
                        ledger.violate("item " + item + " was processed twice");
                    }
                    if (!ledger.isCalm()) {
                        sometimes(ctx, new SplittableRandom(seed ^ item));
                    }
                });
        pools.add(owner.attach(pool));
        return pool.worker();
    }

    private ManagedWorker cache(Owner owner, SplittableRandom random, int i) {
        EvictingCache<Integer, String> cache = EvictingCache.<Integer, String>named("cache" + i)
                .expireAfterWrite(Duration.ofMillis(1 + random.nextInt(20)))
                .maximumSize(50)
                .build();
        caches.add(owner.attach(cache));
        return cache.worker();
    }

    /** Starts children that start a child, and then goes on, fails, or returns while they run. */
    private ManagedWorker parent(Owner owner, SplittableRandom random, int i) {
        return attach(owner, builder("parent" + i, random), random, false, (ctx, drawn) -> {
            for (int child = 0; child <= drawn.nextInt(3); child++) {
                adopt(ctx, "child" + child, drawn.split(), 1);
            }
            if (!ledger.isCalm() && drawn.nextInt(3) == 0) {
                ctx.sleep(Duration.ofMillis(drawn.nextInt(10)));
                throw new IllegalStateException("on purpose");
            }
            if (drawn.nextBoolean()) {
                untilTold(ctx);
            }
        });
    }

    private void adopt(WorkerContext ctx, String name, SplittableRandom random, int depth) {
        boolean fails = random.nextInt(3) == 0;
        SplittableRandom below = random.split();
        Object work = new Object();
        ManagedWorker[] self = new ManagedWorker[1];
        ManagedWorker child = ManagedWorker.named(name)
                .threads(kind(random))
                .restart(restart(random))
                .run(own -> run(self[0], work, own, random.split(), false, (same, drawn) -> {
                    if (depth > 0) {
                        adopt(same, "grandchild", below.split(), depth - 1);
                    }
                    if (fails && !ledger.isCalm()) {
                        throw new IllegalStateException("on purpose");
                    }
                    untilTold(same);
                }));
        self[0] = child;
        try {
            ctx.start(child);
        } catch (IllegalStateException e) {
            // The stop was first, or it has been restarted and the child of its last life is paused or leaked.
        }
    }

    /** Opens groups, and groups in their forks. */
    private ManagedWorker forking(Owner owner, SplittableRandom random, int i) {
        return attach(owner, builder("forking" + i, random), random, false, (ctx, drawn) -> {
            do {
                forkIn(TaskGroup.in(ctx, "work"), drawn, ctx, 1);
            } while (!ctx.isStopping());
        });
    }

    /** Opens a group, forks in it, asks for the results in one way or another, and closes it. */
    void forkIn(TaskGroup.Opening opening, SplittableRandom drawn, WorkerContext host, int depth) throws Exception {
        AtomicInteger atWork = new AtomicInteger();
        if (drawn.nextBoolean()) {
            opening.limit(1 + drawn.nextInt(3));
        }
        if (!ledger.isCalm() && drawn.nextInt(3) == 0) {
            opening.deadline(Duration.ofMillis(1 + drawn.nextInt(10)));
        }
        try (TaskGroup<Integer> group = opening.threads(kind(drawn)).open()) {
            for (int i = 0; i <= drawn.nextInt(6); i++) {
                SplittableRandom own = drawn.split();
                group.fork(ctx -> {
                    atWork.incrementAndGet();
                    try {
                        return fork(ctx, own, host, depth);
                    } finally {
                        atWork.decrementAndGet();
                    }
                });
            }
            switch (ledger.isCalm() ? 0 : drawn.nextInt(5)) {
                case 0 -> group.join();
                case 1 -> group.joinAll();
                case 2 -> group.race();
                case 3 -> {
                    while (group.next().isPresent()) {
                        Thread.onSpinWait();
                    }
                }
                default -> Thread.onSpinWait();
            }
        } catch (CancellationException | ForkFailedException | DeadlineExceededException e) {
            // As it happens.
        } finally {
            ledger.forksLeft(host == null ? "the root" : host.path(), atWork.get());
        }
    }

    private int fork(WorkerContext ctx, SplittableRandom drawn, WorkerContext host, int depth) throws Exception {
        if (ledger.isCalm() && host instanceof Run run) {
            ctx.onStop(() -> ledger.signalled(run.incarnation().node(), host));
        }
        if (depth > 0 && drawn.nextInt(3) == 0) {
            forkIn(TaskGroup.in(ctx, "nested"), drawn, ctx, depth - 1);
        }
        if (ledger.isCalm()) {
            untilTold(ctx);
        }
        switch (drawn.nextInt(5)) {
            case 0 -> throw new IllegalStateException("on purpose");
            case 1 -> ctx.sleep(Duration.ofMillis(drawn.nextInt(10)));
            case 2 -> Thread.sleep(drawn.nextInt(5));
            default -> Thread.onSpinWait();
        }
        return 1;
    }

    /** Hears no interrupt, only its hook. */
    private ManagedWorker deaf(Owner owner, SplittableRandom random, int i) {
        return attach(owner, builder("deaf" + i, random).stopMode(StopMode.INTERRUPT), random, false, (ctx, drawn) -> {
            CountDownLatch wayOut = new CountDownLatch(1);
            ctx.onUnblock(wayOut::countDown);
            boolean interrupted = false;
            while (wayOut.getCount() > 0) {
                try {
                    wayOut.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Ends only after it was given up on. */
    private ManagedWorker leaky(Owner owner, SplittableRandom random, int i) {
        ManagedWorker.Builder builder = builder("leaky" + i, random).stopTimeout(LEAK_TIMEOUT);
        return attach(owner, builder, random, true, (ctx, drawn) -> {
            untilTold(ctx);
            long late = System.nanoTime() + 2 * LEAK_TIMEOUT.toNanos();
            while (!ledger.isCalm() && System.nanoTime() - late < 0) {
                LockSupport.parkNanos(this, 1_000_000);
                Thread.interrupted();
            }
        });
    }

    private ManagedWorker stopsItsOwner(Owner owner, SplittableRandom random, int i) {
        return attach(owner, builder("insider" + i, random), random, false, (ctx, drawn) -> {
            ctx.sleep(Duration.ofMillis(20 + drawn.nextInt(200)));
            if (!ledger.isCalm() && !ctx.isStopping()) {
                owner.stop();
            }
            untilTold(ctx);
        });
    }

    /** Returns a worker of no particular kind that is not in the tree yet. */
    ManagedWorker guest(String name) {
        ManagedWorker[] self = new ManagedWorker[1];
        Object work = new Object();
        self[0] = ManagedWorker.named(name)
                .run(ctx -> run(self[0], work, ctx, new SplittableRandom(0), false, (own, drawn) -> untilTold(own)));
        return self[0];
    }

    long nextItem() {
        return items.incrementAndGet();
    }

    boolean wasProcessed(long item) {
        return processed.contains(item);
    }

    // How it is run

    private static ManagedWorker.Builder builder(String name, SplittableRandom random) {
        return ManagedWorker.named(name)
                .threads(kind(random))
                .stopMode(mode(random))
                .restart(restart(random));
    }

    private static RestartPolicy restart(SplittableRandom random) {
        Escalation[] consequences = Escalation.values();
        Escalation escalation =
                random.nextInt(3) == 0 ? consequences[random.nextInt(consequences.length)] : Escalation.NONE;
        RestartPolicy policy = random.nextInt(4) == 0 ? RestartPolicy.always() : RestartPolicy.onFailure();
        // One that is to be stopped in its backoff must not be over before.
        Duration backoff = random.nextInt(5) == 0 ? Duration.ofHours(1) : Duration.ofMillis(1 + random.nextInt(10));
        return policy.backoff(backoff, backoff)
                .intensity(5 + random.nextInt(50), Duration.ofMillis(200))
                .escalation(escalation);
    }

    private static ThreadKind kind(SplittableRandom random) {
        return random.nextBoolean() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
    }

    private static StopMode mode(SplittableRandom random) {
        return MODES[random.nextInt(MODES.length)];
    }

    private ManagedWorker attach(
            Owner owner, ManagedWorker.Builder builder, SplittableRandom random, boolean leaks, Body body) {
        AtomicLong runs = new AtomicLong();
        long seed = random.nextLong();
        ManagedWorker[] self = new ManagedWorker[1];
        self[0] = builder.run(ctx -> {
            // Each of several instances is a work of its own.
            Node node = ((Run) ctx).incarnation().node();
            run(node, node, ctx, drawn(seed, runs), leaks, body);
        });
        return owner.attach(self[0]);
    }

    private static SplittableRandom drawn(long seed, AtomicLong runs) {
        return new SplittableRandom(seed + runs.incrementAndGet());
    }

    private void run(Node node, Object work, WorkerContext ctx, SplittableRandom random, boolean leaks, Body body)
            throws Exception {
        SoakLedger.Entry entry = ledger.enter(node, work, leaks);
        try {
            if (ledger.isCalm()) {
                ctx.onStop(() -> ledger.signalled(node, null));
            }
            body.run(ctx, random);
        } finally {
            ledger.leave(entry);
        }
    }

    private static void untilTold(WorkerContext ctx) throws InterruptedException {
        while (ctx.sleep(Duration.ofMillis(50))) {
            Thread.onSpinWait();
        }
    }
}
