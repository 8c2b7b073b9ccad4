package dev.leakproof.sample.outbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.leakproof.sample.peer.Effects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /outbox}: how far the peer has been told. */
@RestController
class OutboxController {

    private final Outbox outbox;
    private final ObjectProvider<Effects> effects;

    OutboxController(Outbox outbox, ObjectProvider<Effects> effects) {
        this.outbox = outbox;
        this.effects = effects;
    }

    @GetMapping("/outbox")
    OutboxView show() {
        Outbox.Counts counts = outbox.count();
        Effects embedded = effects.getIfAvailable();
        return new OutboxView(
                counts.accepted(),
                counts.outstanding(),
                counts.accepted() - counts.outstanding(),
                embedded == null ? null : embedded.count());
    }

    /**
     * What {@code GET /outbox} shows.
     *
     * @param accepted orders accepted
     * @param outstanding of these, those that the peer is yet to be told of
     * @param delivered the others
     * @param peer what the embedded peer has counted; absent if the peer is elsewhere
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OutboxView(long accepted, long outstanding, long delivered, Effects.@Nullable Counts peer) {}
}
