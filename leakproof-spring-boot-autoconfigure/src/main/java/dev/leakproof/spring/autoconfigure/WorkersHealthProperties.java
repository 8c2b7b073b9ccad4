package dev.leakproof.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** When the workers count as healthy. */
@ConfigurationProperties("management.health.workers")
final class WorkersHealthProperties {

    /** How late a heartbeat's beat may be before the health is down. */
    private Duration heartbeatTolerance = Duration.ofSeconds(10);

    public Duration getHeartbeatTolerance() {
        return heartbeatTolerance;
    }

    public void setHeartbeatTolerance(Duration heartbeatTolerance) {
        this.heartbeatTolerance =
                Checks.notNegative("management.health.workers.heartbeat-tolerance", heartbeatTolerance, "10s");
    }
}
