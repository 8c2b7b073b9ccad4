package dev.leakproof.spring.autoconfigure;

import dev.leakproof.ContextCapture;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/** Auto-configuration for what is carried from the thread that hands work over to the one that does it. */
@AutoConfiguration(before = LeakproofAutoConfiguration.class)
@EnableConfigurationProperties(LeakproofProperties.class)
public final class ContextPropagationAutoConfiguration {

    ContextPropagationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    ContextCapture leakproofContextCapture(LeakproofProperties properties, ResourceLoader resources) {
        return properties.getContextPropagation().capture(resources.getClassLoader());
    }
}
