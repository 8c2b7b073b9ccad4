package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.Owner;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.InstanceSupplier;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.core.type.MethodMetadata;

/**
 * Keeps {@code spring.main.lazy-initialization} from keeping workers unstarted.
 *
 * <p>What a bean method of the application declares as an interface may have annotated methods that cannot be seen before
 * it is created, so it is created too.
 */
public final class LazyHostFilter implements LazyInitializationExcludeFilter {

    private final BeanFactory beanFactory;
    private final WorkerMethods methods = new WorkerMethods();

    /** Creates a filter that knows the application's packages from {@code beanFactory}. */
    public LazyHostFilter(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    @Override
    public boolean isExcluded(String beanName, BeanDefinition definition, Class<?> beanType) {
        return Owner.class.isAssignableFrom(beanType)
                || methods.isHost(beanType)
                || mayHide(beanType, definition, beanFactory);
    }

    /** Whether only its creation shows which workers there are. */
    static boolean mayHide(Class<?> beanType, BeanDefinition definition, BeanFactory beanFactory) {
        return Managed.class.isAssignableFrom(beanType)
                || (beanType.isInterface() && isDeclaredByApplication(definition, beanFactory));
    }

    private static boolean isDeclaredByApplication(BeanDefinition definition, BeanFactory beanFactory) {
        String declaring = declaringClass(definition);
        return declaring != null
                && AutoConfigurationPackages.has(beanFactory)
                && AutoConfigurationPackages.get(beanFactory).stream()
                        .anyMatch(name -> name.isEmpty() || declaring.startsWith(name + "."));
    }

    /** Of the bean's factory method, which definitions that were generated ahead of time know by other means. */
    private static @Nullable String declaringClass(BeanDefinition definition) {
        if (definition instanceof AnnotatedBeanDefinition annotated) {
            MethodMetadata method = annotated.getFactoryMethodMetadata();
            return method == null ? null : method.getDeclaringClassName();
        }
        if (definition instanceof RootBeanDefinition root
                && root.getInstanceSupplier() instanceof InstanceSupplier<?> it) {
            Method method = it.getFactoryMethod();
            return method == null ? null : method.getDeclaringClass().getName();
        }
        return null;
    }
}
