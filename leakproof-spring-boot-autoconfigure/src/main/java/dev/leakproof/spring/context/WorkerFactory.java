package dev.leakproof.spring.context;

import dev.leakproof.ManagedWorker;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerBody;
import dev.leakproof.WorkerContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.springframework.aop.support.AopUtils;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Makes the worker of an annotated method. The only class that knows both things called {@code ManagedWorker}. */
final class WorkerFactory {

    private final UnaryOperator<String> placeholders;

    WorkerFactory(UnaryOperator<String> placeholders) {
        this.placeholders = placeholders;
    }

    /**
     * Returns the worker that runs {@code method}, not attached yet; empty if it is not enabled.
     *
     * @param host the bean as others see it, proxies included
     * @param method the method as its class declares it
     */
    Optional<ManagedWorker> create(
            Object host, Method method, dev.leakproof.spring.annotation.ManagedWorker annotation) {
        WorkerAttributes attributes = new WorkerAttributes(WorkerRules.subject(method), annotation, placeholders);
        if (!attributes.flag("enabled") || attributes.text("cron").equals(Scheduled.CRON_DISABLED)) {
            return Optional.empty();
        }
        WorkerRules.check(method, attributes);
        Method invocable = WorkerRules.invocable(method, host);
        try {
            return Optional.of(build(attributes, method, AopUtils.getTargetClass(host), body(host, invocable)));
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    WorkerRules.subject(method) + " is no worker that could run: " + ex.getMessage(),
                    "Change the attribute that the message speaks of.",
                    ex);
        }
    }

    private static ManagedWorker build(WorkerAttributes attributes, Method method, Class<?> hostType, WorkerBody body) {
        String host = ClassUtils.getShortNameAsProperty(ClassUtils.getUserClass(hostType));
        String name = attributes.text("name");
        String owner = attributes.text("owner");
        ManagedWorker.Builder worker = ManagedWorker.named(
                        name.isEmpty() ? WorkerRules.sanitise(method.getName()) : name)
                .id(name.isEmpty() ? WorkerRules.sanitise(host + "." + method.getName()) : name)
                .ownedBy(owner.isEmpty() ? WorkerRules.sanitise(host) : owner)
                .createdAt(ClassUtils.getQualifiedMethodName(method))
                .concurrency(attributes.number("concurrency"));
        attributes.duration("every").ifPresent(worker::every);
        attributes.duration("fixedDelay").ifPresent(worker::fixedDelay);
        attributes.cron().ifPresent(worker::trigger);
        attributes.duration("initialDelay").ifPresent(worker::initialDelay);
        attributes.duration("jitter").ifPresent(worker::jitter);
        attributes.duration("timeout").ifPresent(worker::timeout);
        attributes.duration("stopTimeout").ifPresent(worker::stopTimeout);
        attributes.constant("stopMode", StopMode.class).ifPresent(worker::stopMode);
        attributes.constant("threads", ThreadKind.class).ifPresent(worker::threads);
        return worker.run(body);
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
