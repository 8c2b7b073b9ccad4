package dev.leakproof.spring.context;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Refuses workers in prototypes: the context forgets such a bean, so nobody would ever stop what it started. */
final class PrototypeHosts {

    private PrototypeHosts() {}

    static void refuse(ConfigurableListableBeanFactory beanFactory, String beanName) {
        if (beanFactory.containsBeanDefinition(beanName)
                && beanFactory.getMergedBeanDefinition(beanName).isPrototype()) {
            throw new InvalidWorkerException(
                    "Bean '" + beanName + "' is a prototype, and is or has a worker: nobody would stop what each of"
                            + " its instances starts.",
                    "Make the bean a singleton, or start the worker by Owner.start(…) where the instance is used.");
        }
    }
}
