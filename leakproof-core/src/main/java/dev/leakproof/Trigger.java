package dev.leakproof;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Says when a periodic worker runs next, by the wall clock, such as a cron expression.
 *
 * <p>It is asked on the ticker's thread or on the thread of a run that ends, and must not block. One that throws fails
 * its worker.
 */
@FunctionalInterface
public interface Trigger {

    /**
     * Returns the first time to run after the given one.
     *
     * @param after the time now, never before the last answer
     * @return the next time, or null to rest until {@link ManagedWorker#reschedule()}
     */
    @Nullable
    Instant nextAfter(Instant after);
}
