package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.TreeNode;
import dev.leakproof.spring.annotation.StopPhase;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/** Has every {@link Managed} bean and every declared {@link Owner} owned from its creation to its destruction. */
public final class ManagedBeanPostProcessor implements DestructionAwareBeanPostProcessor {

    private final ConfigurableListableBeanFactory beanFactory;
    private final ManagedBeans managedBeans;
    private final String rootBeanName;
    private final BeanOverrides overrides;

    /**
     * Creates a post-processor for the beans of {@code beanFactory}.
     *
     * @param rootBeanName the one owner bean that is not below another
     * @param restart the policy of a bean of which only a part is overridden; asked for when there is one
     */
    public ManagedBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans managedBeans,
            String rootBeanName,
            WorkerOverrides overrides,
            Supplier<RestartPolicy> restart) {
        this.beanFactory = beanFactory;
        this.managedBeans = managedBeans;
        this.rootBeanName = rootBeanName;
        this.overrides = new BeanOverrides(overrides, Placeholders.of(beanFactory), restart);
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Managed managed) {
            HostScopes.check(beanFactory, beanName);
            String origin = "bean '" + beanName + "'";
            if (overrides.apply(managed, origin)) {
                managedBeans.add(managed, origin);
                stopEarly(beanName, managed.worker());
            }
        } else if (bean instanceof Owner owner && !beanName.equals(rootBeanName)) {
            HostScopes.check(beanFactory, beanName);
            managedBeans.add(owner);
            stopEarly(beanName, owner);
        }
        return bean;
    }

    private void stopEarly(String beanName, TreeNode node) {
        StopPhase phase = beanFactory.findAnnotationOnBean(beanName, StopPhase.class);
        if (phase != null) {
            managedBeans.earlyStops().add(phase.value(), node);
        }
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return bean instanceof Managed || bean instanceof Owner;
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        if (bean instanceof Managed managed) {
            managedBeans.remove(managed);
        } else if (bean instanceof Owner owner) {
            managedBeans.remove(owner);
        }
    }
}
