package dev.leakproof.example;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A library without Spring: whoever uses it sees a start and a stop, and never a thread.
 *
 * <p>A heartbeat polls a source; a worker applies what came in, and applies what it has taken before it ends.
 */
public final class PriceFeed implements AutoCloseable {

    /** A price that was read. */
    public record Price(String item, long cents) {}

    private final Owner owner =
            Owner.named("price-feed").stopTimeout(Duration.ofSeconds(5)).build();
    private final BlockingQueue<Price> arrived = new LinkedBlockingQueue<>(1_000);
    private final Map<String, Price> latest = new ConcurrentHashMap<>();

    /** Makes a feed that does nothing before it is started. */
    public PriceFeed(Supplier<Price> source, Duration every) {
        owner.attach(Heartbeat.named("poll").every(every).beat(ctx -> arrived.put(source.get())));
        owner.attach(ManagedWorker.named("apply").stopMode(StopMode.FINISH).run(ctx -> {
            while (!ctx.isStopping()) {
                Price price = arrived.poll(20, TimeUnit.MILLISECONDS);
                if (price != null) {
                    latest.put(price.item(), price);
                }
            }
        }));
    }

    /** Starts the feed; again after a stop, if you like. */
    public void start() {
        owner.start();
    }

    /** Stops the feed within five seconds. Returns whether everything has ended. */
    public boolean stop() {
        return owner.stop().isClean();
    }

    /** Returns the latest prices by item. */
    public Map<String, Price> latest() {
        return Map.copyOf(latest);
    }

    @Override
    public void close() {
        stop();
    }
}
