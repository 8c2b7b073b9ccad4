package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.Owner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Looks, once all beans are created, for those that were not and yet are or have workers: a prototype fails startup, a
 * lazy bean is warned about, for its workers wait with it.
 */
public final class HostCheck implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(HostCheck.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final WorkerMethods methods;

    /** Creates a check of the beans of {@code beanFactory}. */
    public HostCheck(ConfigurableListableBeanFactory beanFactory, WorkerMethods methods) {
        this.beanFactory = beanFactory;
        this.methods = methods;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : beanFactory.getBeanDefinitionNames()) {
            BeanDefinition definition = beanFactory.getMergedBeanDefinition(name);
            if (!definition.isAbstract() && !beanFactory.containsSingleton(name) && hasWorkers(name)) {
                HostScopes.check(beanFactory, name);
                if (definition.isSingleton()) {
                    log.warn(
                            "Bean '{}' is lazy, and is or has a worker, which does not start before something asks for"
                                    + " the bean: leave out @Lazy to start it with the application",
                            name);
                }
            }
        }
    }

    private boolean hasWorkers(String beanName) {
        Class<?> type = beanFactory.getType(beanName, false);
        return type != null
                && (Managed.class.isAssignableFrom(type) || Owner.class.isAssignableFrom(type) || methods.isHost(type));
    }
}
