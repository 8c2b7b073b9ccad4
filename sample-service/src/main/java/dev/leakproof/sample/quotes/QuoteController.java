package dev.leakproof.sample.quotes;

import dev.leakproof.cache.EvictingCache;
import dev.leakproof.sample.peer.Peer;
import java.io.IOException;
import java.time.Instant;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** {@code GET /quotes/{sku}}: what the peer asks for one piece, not much older than the cache keeps it. */
@RestController
class QuoteController {

    private final EvictingCache<String, Quote> quotes;
    private final Peer peer;

    QuoteController(EvictingCache<String, Quote> quotes, Peer peer) {
        this.quotes = quotes;
        this.peer = peer;
    }

    @GetMapping("/quotes/{sku:[A-Z0-9-]{1,32}}")
    Quote quote(@PathVariable String sku) {
        return quotes.get(sku, this::ask);
    }

    private Quote ask(String sku) {
        try {
            return new Quote(sku, peer.price(sku), Instant.now());
        } catch (IOException e) {
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The peer gives no quotes now", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The service is going down", e);
        }
    }
}
