package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.actuate.ReactiveControlGuard;
import dev.leakproof.spring.actuate.ServletControlGuard;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.WebFilter;

/** Guards the control of workers in the server that has the endpoints, whichever that is. */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("leakproof.endpoint.allow-control")
public final class WorkersControlGuardConfiguration {

    private static final EndpointId ENDPOINT = EndpointId.of("workers");

    WorkersControlGuardConfiguration() {}

    private static String path(PathMappedEndpoints endpoints) {
        String path = endpoints.getPath(ENDPOINT);
        return path == null ? "/" + ENDPOINT : path;
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(OncePerRequestFilter.class)
    static class Servlet {

        @Bean
        ServletControlGuard leakproofControlGuard(PathMappedEndpoints endpoints) {
            return new ServletControlGuard(path(endpoints));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnClass(WebFilter.class)
    static class Reactive {

        @Bean
        ReactiveControlGuard leakproofControlGuard(PathMappedEndpoints endpoints) {
            return new ReactiveControlGuard(path(endpoints));
        }
    }
}
