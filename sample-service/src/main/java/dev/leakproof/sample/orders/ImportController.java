package dev.leakproof.sample.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leakproof.PoolClosedException;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** {@code POST /orders/import} takes a file of orders, {@code GET /imports/{id}} says how far it has got. */
@RestController
class ImportController {

    private static final int MAX_BYTES = 1 << 20;

    private final WorkerPool<OrderImport> imports;
    private final EvictingCache<String, OrderImport> progress;
    private final ImportProperties properties;

    ImportController(
            WorkerPool<OrderImport> imports,
            EvictingCache<String, OrderImport> importProgress,
            ImportProperties properties) {
        this.imports = imports;
        this.progress = importProgress;
        this.properties = properties;
    }

    /** Accepts all lines or none. They are in memory until they are orders: what a killed process had, it has lost. */
    @PostMapping(path = "/orders/import", consumes = "text/csv")
    ResponseEntity<OrderImport.Progress> take(InputStream body) throws IOException {
        OrderImport job = new OrderImport(read(body));
        progress.put(job.id(), job);
        if (!isAccepted(job)) {
            progress.invalidate(job.id());
            throw noRoom();
        }
        return ResponseEntity.accepted()
                .location(URI.create("/imports/" + job.id()))
                .body(job.progress());
    }

    @GetMapping("/imports/{id}")
    OrderImport.Progress show(@PathVariable String id) {
        OrderImport job = progress.getIfPresent(id);
        if (job == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such import");
        }
        return job.progress();
    }

    private List<String> read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        List<String> lines = new String(bytes, UTF_8).lines().toList();
        if (bytes.length > MAX_BYTES || lines.size() > properties.maxLines() + 1) {
            throw new ResponseStatusException(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "At most " + properties.maxLines() + " lines and " + MAX_BYTES + " bytes: send several");
        }
        if (lines.isEmpty() || !lines.get(0).strip().equals(OrderCsv.HEADER)) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "The first line must be " + OrderCsv.HEADER);
        }
        return lines.subList(1, lines.size());
    }

    private boolean isAccepted(OrderImport job) {
        try {
            return imports.offer(job);
        } catch (PoolClosedException e) {
            return false;
        }
    }

    private ErrorResponseException noRoom() {
        ErrorResponseException problem = new ErrorResponseException(HttpStatus.SERVICE_UNAVAILABLE);
        problem.setDetail("Too many imports are waiting");
        problem.getHeaders()
                .set(
                        HttpHeaders.RETRY_AFTER,
                        String.valueOf(properties.retryAfter().toSeconds()));
        return problem;
    }
}
