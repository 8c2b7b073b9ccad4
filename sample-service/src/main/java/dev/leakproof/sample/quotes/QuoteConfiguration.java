package dev.leakproof.sample.quotes;

import dev.leakproof.cache.EvictingCache;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class QuoteConfiguration {

    @Bean
    EvictingCache<String, Quote> quotes(@Value("${sample.quotes.expire-after:1m}") Duration expireAfter) {
        return EvictingCache.<String, Quote>named("quotes")
                .expireAfterWrite(expireAfter)
                .maximumSize(10_000)
                .build();
    }
}
