package dev.leakproof.spring.web;

import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import jakarta.servlet.ServletRequest;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.server.ResponseStatusException;

/** Opens a group for each {@link TaskGroup} argument of a handler. */
final class TaskGroupArgumentResolver implements HandlerMethodArgumentResolver {

    private final Owner root;
    private final String ownerName;
    private final Duration deadline;
    private final UnaryOperator<String> placeholders;
    private final ConcurrentMap<MethodParameter, RequestGroupSpec> specs = new ConcurrentHashMap<>();

    /** Made when it is first needed, so that an application without such arguments has none. */
    private volatile @Nullable Owner owner;

    TaskGroupArgumentResolver(Owner root, String ownerName, Duration deadline, UnaryOperator<String> placeholders) {
        this.root = root;
        this.ownerName = ownerName;
        this.deadline = deadline;
        this.placeholders = placeholders;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return RequestGroupSpec.isGroup(parameter);
    }

    @Override
    public TaskGroup<?> resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        ServletRequest servletRequest = request.getNativeRequest(ServletRequest.class);
        RequestGroups groups = servletRequest == null ? null : RequestGroups.of(servletRequest);
        if (groups == null) {
            throw new IllegalStateException(RequestGroupSpec.subject(parameter)
                    + " cannot be opened, for nobody would close it: the request has no handler. Open it in the method,"
                    + " by try-with-resources");
        }
        TaskGroup<?> group = open(spec(parameter));
        groups.add(group, request);
        return group;
    }

    /** Returns what the group of {@code parameter} is like. */
    RequestGroupSpec spec(MethodParameter parameter) {
        return specs.computeIfAbsent(parameter, any -> RequestGroupSpec.of(any, deadline, placeholders));
    }

    private TaskGroup<?> open(RequestGroupSpec spec) {
        try {
            return spec.open(owner());
        } catch (IllegalStateException ex) { // or that it is cancelled, which is one
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, "This part of the application is being stopped", ex);
        }
    }

    private Owner owner() {
        Owner known = owner;
        if (known == null) {
            owner = known = root.child(ownerName);
        }
        return known;
    }
}
