package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.web.ReactiveGroupCheck;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Auto-configuration that refuses {@code TaskGroup} arguments under WebFlux. */
@AutoConfiguration
@ConditionalOnClass(RequestMappingHandlerMapping.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public final class ReactiveGroupAutoConfiguration {

    ReactiveGroupAutoConfiguration() {}

    @Bean
    ReactiveGroupCheck leakproofReactiveGroupCheck(ObjectProvider<RequestMappingHandlerMapping> mappings) {
        return new ReactiveGroupCheck(mappings);
    }
}
