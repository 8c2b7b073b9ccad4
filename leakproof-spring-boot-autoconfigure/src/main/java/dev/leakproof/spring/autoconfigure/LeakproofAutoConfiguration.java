package dev.leakproof.spring.autoconfigure;

import dev.leakproof.ContextCapture;
import dev.leakproof.Owner;
import dev.leakproof.ThreadKind;
import dev.leakproof.spring.context.ApplicationCloser;
import dev.leakproof.spring.context.EarlyStops;
import dev.leakproof.spring.context.ExitingApplicationCloser;
import dev.leakproof.spring.context.HostCheck;
import dev.leakproof.spring.context.KeepAlive;
import dev.leakproof.spring.context.LazyHostFilter;
import dev.leakproof.spring.context.ManagedBeanPostProcessor;
import dev.leakproof.spring.context.ManagedBeans;
import dev.leakproof.spring.context.ManagedTree;
import dev.leakproof.spring.context.TreeExtensions;
import dev.leakproof.spring.context.TreeLifecycle;
import dev.leakproof.spring.context.WorkerMethodPostProcessor;
import dev.leakproof.spring.context.WorkerMethods;
import dev.leakproof.spring.context.WorkerOverrides;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the ownership tree of an application: its root, what finds the beans that are to be owned, and
 * the two ends of its life. Each context has a tree of its own.
 */
@AutoConfiguration
@EnableConfigurationProperties(LeakproofProperties.class)
public final class LeakproofAutoConfiguration {

    /** The bean to declare in order to build the root otherwise. */
    static final String ROOT_BEAN_NAME = "leakproofRoot";

    LeakproofAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ManagedBeans leakproofManagedBeans() {
        return new ManagedBeans();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WorkerMethods leakproofWorkerMethods() {
        return new WorkerMethods();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WorkerOverrides leakproofWorkerOverrides(ApplicationContext context, Environment environment) {
        ApplicationContext parent = context.getParent();
        return new WorkerOverrides(
                environment,
                parent == null
                        ? null
                        : parent.getBeanProvider(WorkerOverrides.class).getIfAvailable());
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EarlyStops leakproofEarlyStops(ConfigurableListableBeanFactory beanFactory) {
        return new EarlyStops(beanFactory);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ManagedBeanPostProcessor leakproofManagedBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans managedBeans,
            EarlyStops earlyStops,
            WorkerOverrides overrides,
            ObjectProvider<LeakproofProperties> properties) {
        return new ManagedBeanPostProcessor(
                beanFactory,
                managedBeans,
                earlyStops,
                ROOT_BEAN_NAME,
                overrides,
                () -> properties.getObject().defaults().restartPolicy());
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WorkerMethodPostProcessor leakproofWorkerMethodPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans managedBeans,
            EarlyStops earlyStops,
            WorkerMethods methods,
            WorkerOverrides overrides,
            ObjectProvider<LeakproofProperties> properties) {
        return new WorkerMethodPostProcessor(
                beanFactory,
                managedBeans,
                earlyStops,
                methods,
                overrides,
                () -> properties.getObject().defaults().restartPolicy());
    }

    @Bean
    static LazyHostFilter leakproofLazyHostFilter(ConfigurableListableBeanFactory beanFactory, WorkerMethods methods) {
        return new LazyHostFilter(beanFactory, methods);
    }

    @Bean
    static HostCheck leakproofHostCheck(
            ConfigurableListableBeanFactory beanFactory,
            WorkerMethods methods,
            WorkerOverrides overrides,
            ObjectProvider<LeakproofProperties> properties) {
        return new HostCheck(
                beanFactory, methods, overrides, () -> properties.getObject().onUnknownOverride());
    }

    @Bean
    static TreeExtensions leakproofTreeExtensions(
            ConfigurableListableBeanFactory beanFactory, @Qualifier(ROOT_BEAN_NAME) Owner root) {
        return new TreeExtensions(beanFactory, root);
    }

    @Bean
    @ConditionalOnMissingBean
    ApplicationCloser leakproofApplicationCloser(ConfigurableApplicationContext context) {
        return new ExitingApplicationCloser(context);
    }

    @Bean(name = ROOT_BEAN_NAME, destroyMethod = "") // the tree stops it
    @ConditionalOnMissingBean(name = ROOT_BEAN_NAME, search = SearchStrategy.CURRENT)
    Owner leakproofRoot(
            LeakproofProperties properties,
            Environment environment,
            ObjectProvider<ContextCapture> context,
            ObjectProvider<ApplicationCloser> closer) {
        LeakproofDefaults defaults = properties.defaults();
        ThreadKind threads = Threading.VIRTUAL.isActive(environment) ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
        return Owner.named(properties.name())
                .stopTimeout(properties.shutdown().timeout())
                .workerStopTimeout(defaults.stopTimeout())
                .stopMode(defaults.stopMode())
                .threads(Objects.requireNonNullElse(defaults.threads(), threads))
                .restart(defaults.restartPolicy())
                .context(context.getIfUnique())
                .applicationCloser(culprit -> closer.getObject().close(culprit))
                .build();
    }

    @Bean
    @ConditionalOnNotWebApplication
    @ConditionalOnBooleanProperty(name = "leakproof.keep-alive", matchIfMissing = true)
    KeepAlive leakproofKeepAlive(@Qualifier(ROOT_BEAN_NAME) Owner root) {
        return new KeepAlive(root);
    }

    @Bean
    ManagedTree leakproofTree(
            ApplicationContext context,
            @Qualifier(ROOT_BEAN_NAME) Owner root,
            ManagedBeans managedBeans,
            EarlyStops earlyStops,
            LeakproofProperties properties,
            ObjectProvider<KeepAlive> keepAlive) {
        LeakproofProperties.Shutdown shutdown = properties.shutdown();
        return new ManagedTree(
                context,
                root,
                managedBeans,
                earlyStops,
                shutdown.grace(CloudPlatform.KUBERNETES.isActive(context.getEnvironment())),
                shutdown.phase(),
                keepAlive.getIfAvailable());
    }

    @Bean
    TreeLifecycle leakproofStarter(ManagedTree tree, LeakproofProperties properties) {
        return TreeLifecycle.starter(tree, properties.startup().phase());
    }

    @Bean
    TreeLifecycle leakproofDrainer(ManagedTree tree, LeakproofProperties properties) {
        return TreeLifecycle.drainer(tree, properties.shutdown().phase());
    }
}
