package dev.leakproof.sample.drill;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The endpoints of the service, as clients see them: who is gone is in the list for a while yet. For any thread. */
final class Endpoints {

    private final Map<Pod, Instant> until = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    void add(Pod pod) {
        until.put(pod, Instant.MAX);
    }

    void removeAt(Pod pod, Instant time) {
        until.computeIfPresent(pod, (same, before) -> time);
    }

    boolean contains(Pod pod) {
        Instant end = until.get(pod);
        return end != null && Instant.now().isBefore(end);
    }

    /** Returns the next in turn. */
    Optional<Pod> next() {
        List<Pod> now = until.keySet().stream().filter(this::contains).toList();
        return now.isEmpty()
                ? Optional.empty()
                : Optional.of(now.get(Math.floorMod(turn.getAndIncrement(), now.size())));
    }
}
