package dev.leakproof.spring.context;

import dev.leakproof.spring.annotation.ManagedWorker;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.util.ClassUtils;

/** Says what the workers of annotated methods are called, and notes that they are there. */
final class WorkerIds {

    private final WorkerOverrides overrides;
    private final UnaryOperator<String> placeholders;

    WorkerIds(WorkerOverrides overrides, UnaryOperator<String> placeholders) {
        this.overrides = overrides;
        this.placeholders = placeholders;
    }

    /**
     * Returns the id of the worker that there is, or would be, for {@code method} of a bean of class {@code hostType}.
     *
     * @throws InvalidWorkerException if properties could not tell it from another
     */
    String know(Class<?> hostType, Method method, ManagedWorker annotation) {
        String subject = WorkerRules.subject(method);
        String name =
                new WorkerAttributes(subject, Map.of("name", annotation.name()), Map.of(), placeholders).text("name");
        String id = name.isEmpty() ? WorkerRules.sanitise(host(hostType) + "." + method.getName()) : name;
        overrides.know(id, subject);
        return id;
    }

    /** Returns the simple name of the class that the application wrote, as that of a property. */
    static String host(Class<?> hostType) {
        return ClassUtils.getShortNameAsProperty(ClassUtils.getUserClass(hostType));
    }
}
