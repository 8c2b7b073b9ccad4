package dev.leakproof.sample.quotes;

import dev.leakproof.DeadlineExceededException;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.sample.peer.Peer;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** {@code GET /quotes/{sku}}: the best price for one piece, not much older than the cache keeps it. */
@RestController
class QuoteController {

    private final EvictingCache<String, Quote> quotes;
    private final Owner suppliers;
    private final Peer peer;
    private final QuoteProperties properties;

    QuoteController(EvictingCache<String, Quote> quotes, Owner suppliers, Peer peer, QuoteProperties properties) {
        this.quotes = quotes;
        this.suppliers = suppliers;
        this.peer = peer;
        this.properties = properties;
    }

    @GetMapping("/quotes/{sku:[A-Z0-9-]{1,32}}")
    Quote quote(@PathVariable String sku) {
        return quotes.get(sku, this::ask);
    }

    /** Asks all suppliers at once, and does without those that fail or are late. No question outlives the block. */
    private Quote ask(String sku) {
        try (TaskGroup<Quote> group =
                TaskGroup.in(suppliers, sku).deadline(properties.deadline()).open()) {
            for (String supplier : properties.suppliers()) {
                group.fork(ctx -> new Quote(sku, supplier, peer.price(supplier, sku), Instant.now()));
            }
            return group.joinAll().stream()
                    .flatMap(answer -> Stream.ofNullable(answer.value()))
                    .min(Comparator.comparing(Quote::price))
                    .orElseThrow(() -> unavailable("No supplier gives a quote now", null));
        } catch (DeadlineExceededException | IllegalStateException e) {
            throw unavailable("No supplier is asked now", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("No supplier is asked now", e);
        }
    }

    private static ResponseStatusException unavailable(String why, @Nullable Exception cause) {
        return new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, why, cause);
    }
}
