package dev.leakproof.spring.context;

import dev.leakproof.ManagedWorker;
import dev.leakproof.RestartPolicy;
import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Makes the worker of an annotated method. The only class that knows both things called {@code ManagedWorker}. */
final class WorkerFactory {

    private final WorkerOverrides overrides;
    private final UnaryOperator<String> placeholders;
    private final Supplier<RestartPolicy> restart;
    private final WorkerIds ids;

    WorkerFactory(WorkerOverrides overrides, UnaryOperator<String> placeholders, Supplier<RestartPolicy> restart) {
        this.overrides = overrides;
        this.placeholders = placeholders;
        this.restart = restart;
        this.ids = new WorkerIds(overrides, placeholders);
    }

    /**
     * Returns the worker that runs {@code method}, not attached yet; empty if it is not enabled.
     *
     * @param host the bean as others see it, proxies included
     * @param method the method as its class declares it
     */
    Optional<ManagedWorker> create(
            Object host, Method method, dev.leakproof.spring.annotation.ManagedWorker annotation) {
        String subject = WorkerRules.subject(method);
        String id = ids.know(AopUtils.getTargetClass(host), method, annotation);
        WorkerAttributes attributes = new WorkerAttributes(
                subject, AnnotationUtils.getAnnotationAttributes(annotation), overrides.of(id), placeholders);
        if (!attributes.isEnabled()) {
            return Optional.empty();
        }
        WorkerRules.check(method, attributes);
        Method invocable = WorkerRules.invocable(method, host);
        String home = WorkerRules.sanitise(WorkerIds.host(AopUtils.getTargetClass(host)));
        String name = attributes.text("name");
        try {
            ManagedWorker.Builder worker = ManagedWorker.named(
                            name.isEmpty() ? WorkerRules.sanitise(method.getName()) : name)
                    .id(id)
                    .ownedBy(home)
                    .createdAt(ClassUtils.getQualifiedMethodName(method));
            WorkerSettings.apply(subject, attributes, worker, restart.get());
            return Optional.of(worker.run(body(host, invocable)));
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    subject + " is no worker that could run: " + ex.getMessage(),
                    "Change the attribute that the message speaks of.",
                    ex);
        }
    }

    private static WorkerBody body(Object host, Method method) {
        ReflectionUtils.makeAccessible(method);
        return method.getParameterCount() == 0 ? ctx -> invoke(method, host) : ctx -> invoke(method, host, ctx);
    }

    private static void invoke(Method method, Object host, WorkerContext... arguments) throws Exception {
        try {
            method.invoke(host, (Object[]) arguments);
        } catch (InvocationTargetException ex) {
            ReflectionUtils.rethrowException(ex.getTargetException());
        }
    }
}
