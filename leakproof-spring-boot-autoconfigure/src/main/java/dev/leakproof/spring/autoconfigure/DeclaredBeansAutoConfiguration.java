package dev.leakproof.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/** Auto-configuration for heartbeats and caches that are declared by properties. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@EnableConfigurationProperties(DeclaredBeansProperties.class)
public final class DeclaredBeansAutoConfiguration {

    DeclaredBeansAutoConfiguration() {}

    @Bean
    static DeclaredBeansRegistrar leakproofDeclaredBeansRegistrar(Environment environment) {
        return new DeclaredBeansRegistrar(environment);
    }

    @Bean(name = DeclaredBeansRegistrar.FACTORY)
    @Lazy
    DeclaredBeans leakproofDeclaredBeans(DeclaredBeansProperties properties) {
        return new DeclaredBeans(properties);
    }
}
