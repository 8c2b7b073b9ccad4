package dev.leakproof.spring.web;

import dev.leakproof.spring.context.InvalidWorkerException;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/**
 * Refuses {@code TaskGroup} arguments under WebFlux, at startup: one thread owns a group, waits for its forks and closes
 * it, and a handler there has no thread that it may block, nor the same one from signal to signal.
 */
public final class ReactiveGroupCheck implements SmartInitializingSingleton {

    private final ObjectProvider<RequestMappingHandlerMapping> mappings;

    /** Creates a check of the handlers that {@code mappings} know. */
    public ReactiveGroupCheck(ObjectProvider<RequestMappingHandlerMapping> mappings) {
        this.mappings = mappings;
    }

    @Override
    public void afterSingletonsInstantiated() {
        mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().values().stream())
                .flatMap(handler -> List.of(handler.getMethodParameters()).stream())
                .filter(RequestGroupSpec::isGroup)
                .forEach(ReactiveGroupCheck::refuse);
    }

    private static void refuse(MethodParameter parameter) {
        throw new InvalidWorkerException(
                RequestGroupSpec.subject(parameter)
                        + " cannot be opened under WebFlux: one thread owns a group and waits for its forks, and a"
                        + " reactive handler has no thread that may wait.",
                "Open the group by try-with-resources in a call that runs on a thread which may block, such as"
                        + " Mono.fromCallable(...).subscribeOn(Schedulers.boundedElastic()), or use Spring MVC.");
    }
}
