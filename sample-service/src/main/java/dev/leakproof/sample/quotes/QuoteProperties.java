package dev.leakproof.sample.quotes;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is asked for a quote, and for how long it holds.
 *
 * @param suppliers their names
 * @param deadline the most that they all together get to answer
 * @param expireAfter how long a quote is kept
 */
@ConfigurationProperties("sample.quotes")
record QuoteProperties(
        @DefaultValue({"north", "south", "west"}) List<String> suppliers,
        @DefaultValue("500ms") Duration deadline,
        @DefaultValue("1m") Duration expireAfter) {}
