package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.Owner;
import dev.leakproof.TreeNode;
import dev.leakproof.spring.annotation.StopPhase;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/** Has every {@link Managed} bean and every declared {@link Owner} owned from its creation to its destruction. */
public final class ManagedBeanPostProcessor implements DestructionAwareBeanPostProcessor {

    private final ConfigurableListableBeanFactory beanFactory;
    private final ManagedBeans managedBeans;
    private final EarlyStops earlyStops;
    private final String rootBeanName;

    /**
     * Creates a post-processor for the beans of {@code beanFactory}.
     *
     * @param rootBeanName the one owner bean that is not below another
     */
    public ManagedBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans managedBeans,
            EarlyStops earlyStops,
            String rootBeanName) {
        this.beanFactory = beanFactory;
        this.managedBeans = managedBeans;
        this.earlyStops = earlyStops;
        this.rootBeanName = rootBeanName;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Managed managed) {
            PrototypeHosts.refuse(beanFactory, beanName);
            managedBeans.add(managed, "bean '" + beanName + "'");
            stopEarly(beanName, managed.worker());
        } else if (bean instanceof Owner owner && !beanName.equals(rootBeanName)) {
            PrototypeHosts.refuse(beanFactory, beanName);
            managedBeans.add(owner);
            stopEarly(beanName, owner);
        }
        return bean;
    }

    private void stopEarly(String beanName, TreeNode node) {
        StopPhase phase = beanFactory.findAnnotationOnBean(beanName, StopPhase.class);
        if (phase != null) {
            earlyStops.add(phase.value(), node);
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
            earlyStops.remove(managed.worker());
        } else if (bean instanceof Owner owner) {
            managedBeans.remove(owner);
            earlyStops.remove(owner);
        }
    }
}
