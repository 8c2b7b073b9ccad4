package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.RestartPolicy;
import dev.leakproof.spring.annotation.ManagedWorker;
import dev.leakproof.spring.annotation.StopPhase;
import java.lang.reflect.Method;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Registers a worker bean for each annotated method of a bean, when that is created; they go when it goes.
 *
 * <p>It comes last, so that the workers call the bean through all its proxies: by its order among its like, and by being
 * a {@link MergedBeanDefinitionPostProcessor}, which Spring puts behind all others, also those without an order.
 */
public final class WorkerMethodPostProcessor
        implements DestructionAwareBeanPostProcessor, MergedBeanDefinitionPostProcessor, Ordered {

    private final ConfigurableListableBeanFactory beanFactory;
    private final ManagedBeans managedBeans;
    private final WorkerMethods methods = new WorkerMethods();
    private final WorkerFactory factory;
    private final IdentityHashMap<Object, List<String>> workersOfHost = new IdentityHashMap<>();

    /**
     * Creates a post-processor for the beans of {@code beanFactory}.
     *
     * @param restart the policy of a worker that says only a part of its own; asked for when there is one
     */
    public WorkerMethodPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans managedBeans,
            WorkerOverrides overrides,
            Supplier<RestartPolicy> restart) {
        this.beanFactory = beanFactory;
        this.managedBeans = managedBeans;
        this.factory = new WorkerFactory(overrides, Placeholders.of(beanFactory), restart);
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String beanName) {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof AopInfrastructureBean) {
            return bean; // such as a scoped proxy, whose target comes by itself
        }
        Map<Method, ManagedWorker> annotated = methods.of(AopProxyUtils.ultimateTargetClass(bean));
        if (annotated.isEmpty()) {
            return bean;
        }
        Map<Method, Managed> workers = new LinkedHashMap<>();
        annotated.forEach((method, annotation) ->
                factory.create(bean, method, annotation).ifPresent(worker -> workers.put(method, worker)));
        if (!workers.isEmpty()) {
            HostScopes.check(beanFactory, beanName);
            List<String> ids = workers.entrySet().stream()
                    .map(entry -> register(entry.getValue(), entry.getKey(), beanName))
                    .toList();
            synchronized (workersOfHost) {
                workersOfHost.put(bean, ids);
            }
        }
        return bean;
    }

    private String register(Managed worker, Method method, String hostName) {
        String origin = WorkerRules.subject(method);
        String id = ManagedBeans.idOf(worker);
        if (beanFactory.containsLocalBean(id) && managedBeans.find(id).isEmpty()) {
            throw new InvalidWorkerException(
                    origin + " has the id '" + id + "', which is the name of another bean.",
                    "Give it another name by @ManagedWorker(name = …).");
        }
        managedBeans.add(worker, origin);
        beanFactory.registerSingleton(id, worker);
        ((DefaultSingletonBeanRegistry) beanFactory).registerDisposableBean(id, () -> managedBeans.remove(worker));
        StopPhase phase = AnnotatedElementUtils.findMergedAnnotation(method, StopPhase.class);
        if (phase == null) {
            phase = beanFactory.findAnnotationOnBean(hostName, StopPhase.class);
        }
        if (phase != null) {
            managedBeans.earlyStops().add(phase.value(), worker.worker());
        }
        return id;
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        synchronized (workersOfHost) {
            return workersOfHost.containsKey(bean);
        }
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        List<String> ids;
        synchronized (workersOfHost) {
            ids = workersOfHost.remove(bean);
        }
        if (ids != null) {
            ids.forEach(((DefaultSingletonBeanRegistry) beanFactory)::destroySingleton);
        }
    }
}
