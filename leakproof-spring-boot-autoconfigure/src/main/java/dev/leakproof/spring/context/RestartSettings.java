package dev.leakproof.spring.context;

import dev.leakproof.Escalation;
import dev.leakproof.RestartPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is said of restarts, each part null where nothing is.
 *
 * @param mode after which ends a worker is started again
 * @param backoff before the first restart
 * @param maxBackoff the longest backoff
 * @param maxRestarts the most restarts within the window
 * @param window the time in which restarts are counted
 * @param escalation what follows when they are too many
 */
public record RestartSettings(
        RestartPolicy.@Nullable Mode mode,
        @Nullable Duration backoff,
        @Nullable Duration maxBackoff,
        @Nullable Integer maxRestarts,
        @Nullable Duration window,
        @Nullable Escalation escalation) {

    static final RestartSettings NONE = new RestartSettings(null, null, null, null, null, null);

    /** Reads them from the attributes of a worker. */
    static RestartSettings of(WorkerAttributes attributes) {
        return new RestartSettings(
                attributes.constant("restart", RestartPolicy.Mode.class).orElse(null),
                attributes.duration("backoff").orElse(null),
                attributes.duration("maxBackoff").orElse(null),
                attributes.number("maxRestarts").orElse(null),
                attributes.duration("restartWindow").orElse(null),
                attributes.constant("escalation", Escalation.class).orElse(null));
    }

    /** Whether nothing is said at all. */
    public boolean isEmpty() {
        return equals(NONE);
    }

    /**
     * Returns {@code base} with all that is said here. One backoff that is said draws along the other that is not, lest
     * the first be longer than the longest.
     *
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public RestartPolicy over(RestartPolicy base) {
        Duration first = orElse(backoff, base.initialBackoff());
        Duration longest = orElse(maxBackoff, base.maxBackoff());
        if (backoff == null && first.compareTo(longest) > 0) {
            first = longest;
        } else if (maxBackoff == null && first.compareTo(longest) > 0) {
            longest = first;
        }
        return new RestartPolicy(
                orElse(mode, base.mode()),
                first,
                longest,
                base.factor(),
                base.jitter(),
                orElse(maxRestarts, base.maxRestarts()),
                orElse(window, base.window()),
                orElse(escalation, base.escalation()));
    }

    private static <T> T orElse(@Nullable T said, T otherwise) {
        return said == null ? otherwise : said;
    }
}
