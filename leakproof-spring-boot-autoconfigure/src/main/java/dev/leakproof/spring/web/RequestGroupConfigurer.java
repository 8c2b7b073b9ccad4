package dev.leakproof.spring.web;

import dev.leakproof.Owner;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Has the handlers of Spring MVC get a {@code TaskGroup} for each argument of that type, which belongs to an owner below
 * the root and is closed when the request completes. Looks at all of them once, so that what cannot be fails startup.
 */
public final class RequestGroupConfigurer implements WebMvcConfigurer, SmartInitializingSingleton {

    private final TaskGroupArgumentResolver resolver;
    private final ObjectProvider<RequestMappingHandlerMapping> mappings;
    private final ObjectProvider<RequestMappingHandlerAdapter> adapters;

    /**
     * Creates a configurer.
     *
     * @param root whose child the owner is; it is made with the first group
     * @param ownerName the name of the owner
     * @param deadline how long a group may take if its argument does not say so, longer than zero
     * @param placeholders resolves those in an annotation
     */
    public RequestGroupConfigurer(
            Owner root,
            String ownerName,
            Duration deadline,
            UnaryOperator<String> placeholders,
            ObjectProvider<RequestMappingHandlerMapping> mappings,
            ObjectProvider<RequestMappingHandlerAdapter> adapters) {
        this.resolver = new TaskGroupArgumentResolver(root, ownerName, deadline, placeholders);
        this.mappings = mappings;
        this.adapters = adapters;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(resolver);
    }

    /** First, so that it ends last. */
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RequestGroupInterceptor()).order(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (RequestMappingHandlerMapping mapping : mappings) {
            for (HandlerMethod handler : mapping.getHandlerMethods().values()) {
                for (MethodParameter parameter : handler.getMethodParameters()) {
                    if (RequestGroupSpec.isGroup(parameter)) {
                        check(parameter);
                    }
                }
            }
        }
    }

    private void check(MethodParameter parameter) {
        resolver.spec(parameter);
        boolean known = adapters.stream().anyMatch(adapter -> {
            List<HandlerMethodArgumentResolver> resolvers = adapter.getCustomArgumentResolvers();
            return resolvers != null && resolvers.contains(resolver);
        });
        if (!known) {
            throw new InvalidWorkerException(
                    RequestGroupSpec.subject(parameter)
                            + " cannot be opened: this application configures Spring MVC by itself, without asking any"
                            + " WebMvcConfigurer.",
                    "Implement WebMvcConfigurer instead of extending WebMvcConfigurationSupport.");
        }
    }
}
