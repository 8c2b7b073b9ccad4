package dev.leakproof.spring.ways;

import dev.leakproof.Heartbeat;
import dev.leakproof.WorkerContext;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with each kind of node, which knows when one of its workers runs beside itself. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AllKinds {

    final AtomicInteger atOnce = new AtomicInteger();
    final AtomicInteger mostAtOnce = new AtomicInteger();

    @Bean
    Heartbeat ping() {
        return Heartbeat.named("ping").every(Duration.ofMillis(5)).beat(ctx -> {});
    }

    @Bean
    EvictingCache<String, String> quotes() {
        return EvictingCache.<String, String>named("quotes")
                .expireAfterWrite(Duration.ofMinutes(1))
                .build();
    }

    @Bean
    WorkerPool<String> mails() {
        return WorkerPool.<String>named("mails").workers(2).capacity(10).process((ctx, item) -> {});
    }

    /** Declared as what it does not tell that it is. */
    @Bean
    Runnable hidden() {
        return new Hidden();
    }

    static class Hidden implements Runnable {
        @Override
        @ManagedWorker(every = "5ms")
        public void run() {}
    }

    @ManagedWorker
    void loop(WorkerContext ctx) throws InterruptedException {
        mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
        try {
            ctx.sleep(Duration.ofHours(1));
        } finally {
            atOnce.decrementAndGet();
        }
    }
}
