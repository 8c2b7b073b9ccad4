package dev.leakproof.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What belongs to a web request.
 *
 * @param deadline How long the forks of a TaskGroup argument may take, from when it is opened, unless the argument says so
 *     itself.
 */
record LeakproofWebProperties(@DefaultValue("30s") Duration deadline) {

    LeakproofWebProperties {
        if (deadline.isZero() || deadline.isNegative()) {
            throw new IllegalArgumentException("leakproof.web.deadline must be longer than zero, but was " + deadline
                    + ": write for instance 30s");
        }
    }
}
