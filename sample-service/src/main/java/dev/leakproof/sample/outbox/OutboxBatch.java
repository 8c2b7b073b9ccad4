package dev.leakproof.sample.outbox;

import dev.leakproof.sample.peer.Peer;
import dev.leakproof.sample.peer.RejectedByPeerException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The unit of work of the relay: one transaction, a few rows. */
@Component
class OutboxBatch {

    private static final Logger log = LoggerFactory.getLogger(OutboxBatch.class);

    private final Outbox outbox;
    private final Peer peer;
    private final OutboxProperties properties;

    OutboxBatch(Outbox outbox, Peer peer, OutboxProperties properties) {
        this.outbox = outbox;
        this.peer = peer;
        this.properties = properties;
    }

    /**
     * Tells the peer what is due. What it rejects is deferred; if it is not to be had at all, the batch ends. A checked
     * exception commits, so that whatever the peer took before it is not told again. If the process dies before the
     * commit, the peer is told again and knows the keys.
     *
     * @return how many rows were delivered
     * @throws IOException if the peer could not be told; the row is deferred
     * @throws InterruptedException if interrupted; the row in hand is due again at once
     */
    @Transactional
    int deliver() throws IOException, InterruptedException {
        int delivered = 0;
        for (Outbox.Entry entry : outbox.takeDue(properties.batchSize())) {
            try {
                peer.deliver(entry.orderId(), entry.payload());
                outbox.remove(entry);
                delivered++;
            } catch (RejectedByPeerException e) {
                log.warn("Order {} waits: {}", entry.orderId(), e.getMessage());
                defer(entry);
            } catch (IOException e) {
                defer(entry);
                throw e;
            }
        }
        return delivered;
    }

    private void defer(Outbox.Entry entry) {
        outbox.defer(entry, properties.retryDelayAfter(entry.attempts() + 1));
    }
}
