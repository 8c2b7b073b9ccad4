package dev.leakproof.sample.outbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the outbox is relayed.
 *
 * @param relays how many workers deliver
 * @param batchSize how many rows one transaction takes; what a killed process may repeat, for each relay
 * @param pollInterval how long to wait when nothing is due
 * @param retryDelay how long a row waits after its first failure; twice that after the second, and so on
 * @param retryDelayMax the longest such wait
 * @param backoff how long a relay waits after a failure of the peer; twice that after the next, and so on
 * @param backoffMax the longest such wait; shorter than that of a row, so that a few that fail for ever do not occupy all
 */
@ConfigurationProperties("sample.outbox")
record OutboxProperties(
        @DefaultValue("4") int relays,
        @DefaultValue("10") int batchSize,
        @DefaultValue("100ms") Duration pollInterval,
        @DefaultValue("500ms") Duration retryDelay,
        @DefaultValue("10s") Duration retryDelayMax,
        @DefaultValue("500ms") Duration backoff,
        @DefaultValue("2s") Duration backoffMax) {

    Duration retryDelayAfter(int failures) {
        Duration delay = retryDelay.multipliedBy(1L << Math.min(failures - 1, 16));
        return delay.compareTo(retryDelayMax) < 0 ? delay : retryDelayMax;
    }
}
