package dev.leakproof.sample.outbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox is relayed.
 *
 * @param batchSize how many rows one transaction takes; what a killed process may repeat, for each relay
 * @param pollInterval how long to wait when nothing is due
 * @param retryDelay how long to wait after the first failure of a row; twice that after the second, and so on
 * @param retryDelayMax the longest such wait
 */
@ConfigurationProperties("sample.outbox")
record OutboxProperties(
        @DefaultValue("10") int batchSize,
        @DefaultValue("100ms") Duration pollInterval,
        @DefaultValue("500ms") Duration retryDelay,
        @DefaultValue("10s") Duration retryDelayMax) {

    Duration retryDelayAfter(int failures) {
        Duration delay = retryDelay.multipliedBy(1L << Math.min(failures - 1, 16));
        return delay.compareTo(retryDelayMax) < 0 ? delay : retryDelayMax;
    }
}
