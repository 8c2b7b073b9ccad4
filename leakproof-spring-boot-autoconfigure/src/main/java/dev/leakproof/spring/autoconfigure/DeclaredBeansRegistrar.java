package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Heartbeat;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.autoconfigure.DeclaredBeansProperties.CacheSpec;
import dev.leakproof.spring.autoconfigure.DeclaredBeansProperties.HeartbeatSpec;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.util.Collection;
import java.util.List;
import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Registers a bean for each heartbeat and each cache that properties declare.
 *
 * <p>A definition names a factory method and the bean's name, and nothing that cannot be written down as code ahead of
 * time. It runs again where that was done, for those that have been added since.
 */
final class DeclaredBeansRegistrar implements BeanDefinitionRegistryPostProcessor {

    static final String FACTORY = "leakproofDeclaredBeans";

    private final Environment environment;

    DeclaredBeansRegistrar(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (isSilent()) {
            return;
        }
        Binder binder = Binder.get(environment);
        DeclaredBeansProperties properties = binder.bindOrCreate("leakproof", DeclaredBeansProperties.class);
        refuseUnknown(binder, DeclaredBeans.HEARTBEATS, HeartbeatSpec.class);
        refuseUnknown(binder, DeclaredBeans.CACHES, CacheSpec.class);
        register(registry, DeclaredBeans.HEARTBEATS, properties.getHeartbeats().keySet(), Heartbeat.class, "heartbeat");
        register(registry, DeclaredBeans.CACHES, properties.getCaches().keySet(), EvictingCache.class, "cache");
    }

    /** Nothing is declared, as a rule: to bind that takes some of a start. */
    private boolean isSilent() {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            for (String prefix : List.of(DeclaredBeans.HEARTBEATS, DeclaredBeans.CACHES)) {
                if (source.containsDescendantOf(ConfigurationPropertyName.of(prefix))
                        != ConfigurationPropertyState.ABSENT) {
                    return false;
                }
            }
        }
        return true;
    }

    /** One that is misspelt and alone would declare nothing, and nobody would know. */
    private static void refuseUnknown(Binder binder, String prefix, Class<?> spec) {
        binder.bind(prefix, Bindable.mapOf(String.class, spec), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
    }

    private static void register(
            BeanDefinitionRegistry registry, String prefix, Collection<String> names, Class<?> type, String method) {
        for (String name : names.stream().sorted().toList()) {
            if (!registry.containsBeanDefinition(name)) {
                RootBeanDefinition definition = new RootBeanDefinition();
                definition.setTargetType(type);
                definition.setFactoryBeanName(FACTORY);
                definition.setFactoryMethodName(method);
                definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
                definition.setDestroyMethodName(""); // its owner stops it
                definition.setDescription(prefix + "." + name);
                registry.registerBeanDefinition(name, definition);
            } else if (!AotDetector.useGeneratedArtifacts()) {
                throw new InvalidWorkerException(
                        prefix + "." + name + " is to be a bean, but there is another bean of that name.",
                        "Give one of them another name, or leave out the properties.");
            }
        }
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {}
}
