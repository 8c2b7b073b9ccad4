package dev.leakproof.sample.outbox;

import dev.leakproof.ManagedWorker;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The workers of the outbox: at least once, in the background, until told to stop. */
@Configuration(proxyBeanMethods = false)
class OutboxRelay {

    /**
     * Those that fail, because the peer or the database is down, are started again: soon at first, then less and less
     * often, for as long as it takes. Meanwhile the rows wait in the table. On a stop the batch in hand completes.
     */
    @Bean
    ManagedWorker relay(OutboxBatch batch, OutboxProperties properties) {
        return ManagedWorker.named("relay")
                .id("outboxRelay.relay")
                .ownedBy("outboxRelay")
                .concurrency(properties.relays())
                .stopMode(StopMode.FINISH)
                .restart(RestartPolicy.onFailure()
                        .backoff(properties.backoff(), properties.backoffMax())
                        .intensity(Integer.MAX_VALUE, properties.backoffMax()))
                .run(ctx -> deliver(ctx, batch, properties));
    }

    /** Delivers batch after batch. */
    private static void deliver(WorkerContext ctx, OutboxBatch batch, OutboxProperties properties) throws Exception {
        while (!ctx.isStopping()) {
            if (batch.deliver() == 0) {
                ctx.sleep(properties.pollInterval());
            }
        }
    }
}
