package dev.leakproof.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the workers count as healthy.
 *
 * @param heartbeatTolerance How late a heartbeat's beat may be before the health is down.
 */
@ConfigurationProperties("management.health.workers")
record WorkersHealthProperties(@DefaultValue("10s") Duration heartbeatTolerance) {

    WorkersHealthProperties {
        if (heartbeatTolerance.isNegative()) {
            throw new IllegalArgumentException("management.health.workers.heartbeat-tolerance must not be negative, but"
                    + " was " + heartbeatTolerance + ": write for instance 10s");
        }
    }
}
