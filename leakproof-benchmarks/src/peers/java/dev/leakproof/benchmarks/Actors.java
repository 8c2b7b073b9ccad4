package dev.leakproof.benchmarks;

import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Pekko's actors, which have no thread while they wait. */
public final class Actors implements Peer {

    private interface Order {}

    private record Begin(Behavior<Order> top) implements Order {}

    private record End(CountDownLatch ended) implements Order {}

    private final ActorSystem<Order> system = ActorSystem.create(guardian(null, new CountDownLatch(0)), "benchmark");

    @Override
    public String name() {
        return "Pekko actors";
    }

    @Override
    public void forkAndJoin(int n) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(n);
        system.tell(new Begin(Behaviors.setup(context -> {
            for (int i = 0; i < n; i++) {
                context.spawnAnonymous(Behaviors.setup(child -> {
                    ended.countDown();
                    return Behaviors.stopped();
                }));
            }
            return Behaviors.empty();
        })));
        ended.await();
        end();
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(n);
        return cancel(node(n, 1, parked), parked, whenParked);
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(Peer.treeSize(depth));
        return cancel(node(FAN_OUT, depth, parked), parked, whenParked);
    }

    private long cancel(Behavior<Order> top, CountDownLatch parked, Runnable whenParked) throws InterruptedException {
        system.tell(new Begin(top));
        Parking.await(parked, whenParked);
        long begun = System.nanoTime();
        end();
        return System.nanoTime() - begun;
    }

    private void end() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        system.tell(new End(ended));
        ended.await();
    }

    /** One with {@code width} children, and so on down. */
    private static Behavior<Order> node(int width, int depth, CountDownLatch parked) {
        return Behaviors.setup(context -> {
            for (int i = 0; i < width; i++) {
                Behavior<Order> child = depth > 1 ? node(FAN_OUT, depth - 1, parked) : Behaviors.empty();
                context.spawnAnonymous(Behaviors.<Order>setup(below -> {
                    parked.countDown();
                    return child;
                }));
            }
            return Behaviors.empty();
        });
    }

    private static Behavior<Order> guardian(ActorRef<Order> top, CountDownLatch ended) {
        return Behaviors.setup(context -> Behaviors.receive(Order.class)
                .onMessage(Begin.class, begin -> {
                    ActorRef<Order> begun = context.spawnAnonymous(begin.top());
                    context.watch(begun);
                    return guardian(begun, ended);
                })
                .onMessage(End.class, end -> {
                    context.stop(top);
                    return guardian(top, end.ended());
                })
                .onSignal(Terminated.class, over -> {
                    ended.countDown();
                    return Behaviors.same();
                })
                .build());
    }
}
