package dev.leakproof.sample.outbox;

import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** The workers of the outbox: at least once, in the background, until told to stop. */
@Component
class OutboxRelay {

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

    private final OutboxBatch batch;
    private final OutboxProperties properties;

    OutboxRelay(OutboxBatch batch, OutboxProperties properties) {
        this.batch = batch;
        this.properties = properties;
    }

    /** Delivers batch after batch. On a stop the batch in hand completes; the rest stays in the table. */
    @ManagedWorker(concurrencyString = "${sample.outbox.relays:4}", stopMode = StopMode.FINISH)
    void relay(WorkerContext ctx) throws InterruptedException {
        while (!ctx.isStopping()) {
            try {
                if (batch.deliver() == 0) {
                    ctx.sleep(properties.pollInterval());
                }
            } catch (IOException | DataAccessException | TransactionException e) {
                log.warn("A batch was not delivered, next try in {}: {}", properties.retryDelay(), e.toString());
                ctx.sleep(properties.retryDelay());
            }
        }
    }
}
