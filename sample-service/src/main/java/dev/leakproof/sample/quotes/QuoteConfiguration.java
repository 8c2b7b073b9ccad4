package dev.leakproof.sample.quotes;

import dev.leakproof.Owner;
import dev.leakproof.cache.EvictingCache;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class QuoteConfiguration {

    @Bean
    EvictingCache<String, Quote> quotes(QuoteProperties properties) {
        return EvictingCache.<String, Quote>named("quotes")
                .expireAfterWrite(properties.expireAfter())
                .maximumSize(10_000)
                .build();
    }

    /** What owns the questions that are under way. */
    @Bean
    Owner suppliers() {
        return Owner.named("suppliers").build();
    }
}
