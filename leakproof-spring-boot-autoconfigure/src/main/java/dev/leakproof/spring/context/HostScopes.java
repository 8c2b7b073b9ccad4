package dev.leakproof.spring.context;

import java.util.Set;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Refuses workers in beans of which there are several: prototypes, which the context forgets, so that nobody would ever
 * stop what they started, and those of a request or a session, whose workers would all have one id.
 */
final class HostScopes {

    private static final Set<String> SEVERAL_AT_ONCE = Set.of("request", "session", "websocket");

    private HostScopes() {}

    static void check(ConfigurableListableBeanFactory beanFactory, String beanName) {
        if (!beanFactory.containsBeanDefinition(beanName)) {
            return;
        }
        BeanDefinition definition = beanFactory.getMergedBeanDefinition(beanName);
        if (definition.isPrototype()) {
            throw new InvalidWorkerException(
                    "Bean '" + beanName + "' is a prototype, and is or has a worker: nobody would stop what each of"
                            + " its instances starts.",
                    "Make the bean a singleton, or start the worker by Owner.start(…) where the instance is used.");
        }
        String scope = definition.getScope();
        if (scope != null && SEVERAL_AT_ONCE.contains(scope)) {
            throw new InvalidWorkerException(
                    "Bean '" + beanName + "' has the scope '" + scope
                            + "', and is or has a worker: there are several of"
                            + " the bean at once, and their workers would have the same id.",
                    "Make the bean a singleton, or have each " + scope
                            + " start a worker with a name of its own by Owner.start(…), and stop it.");
        }
    }
}
