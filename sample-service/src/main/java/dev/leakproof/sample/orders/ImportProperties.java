package dev.leakproof.sample.orders;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many orders may be imported, and how.
 *
 * @param workers how many imports are worked at
 * @param capacity how many more can wait
 * @param maxLines the most lines of one, without the header
 * @param retryAfter when to try again if there is no room
 */
@ConfigurationProperties("sample.imports")
record ImportProperties(
        @DefaultValue("2") int workers,
        @DefaultValue("4") int capacity,
        @DefaultValue("1000") int maxLines,
        @DefaultValue("5s") Duration retryAfter) {}
