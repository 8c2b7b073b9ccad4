package dev.leakproof.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.example.PriceFeed.Price;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PriceFeedTest {

    @Test
    void startsStopsAndLeavesNoThread() {
        AtomicLong cents = new AtomicLong();
        try (PriceFeed feed = new PriceFeed(() -> new Price("tea", cents.incrementAndGet()), Duration.ofMillis(5))) {
            for (int round = 0; round < 2; round++) {
                long before = cents.get();
                feed.start();
                await().until(() -> feed.latest().containsKey("tea")
                        && feed.latest().get("tea").cents() > before + 2);
                assertThat(feed.stop()).isTrue();
            }
        }
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("price-feed")));
    }
}
