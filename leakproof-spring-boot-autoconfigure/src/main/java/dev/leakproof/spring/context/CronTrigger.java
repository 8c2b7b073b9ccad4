package dev.leakproof.spring.context;

import dev.leakproof.Trigger;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/** Spring's cron expressions as a trigger. */
record CronTrigger(CronExpression expression, ZoneId zone) implements Trigger {

    @Override
    public @Nullable Instant nextAfter(Instant after) {
        ZonedDateTime next = expression.next(after.atZone(zone));
        return next == null ? null : next.toInstant();
    }

    @Override
    public String toString() {
        return "cron " + expression + " " + zone;
    }
}
