package dev.leakproof.spring.autoconfigure;

import dev.leakproof.ContextCapture;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.ThreadKind;
import dev.leakproof.spring.context.ApplicationCloser;
import dev.leakproof.spring.context.ExitingApplicationCloser;
import dev.leakproof.spring.context.HostCheck;
import dev.leakproof.spring.context.KeepAlive;
import dev.leakproof.spring.context.LazyHostFilter;
import dev.leakproof.spring.context.ManagedBeanPostProcessor;
import dev.leakproof.spring.context.ManagedBeans;
import dev.leakproof.spring.context.ManagedTree;
import dev.leakproof.spring.context.RehearsalOnStart;
import dev.leakproof.spring.context.TreeExtensions;
import dev.leakproof.spring.context.TreeLifecycle;
import dev.leakproof.spring.context.WorkerMethodPostProcessor;
import dev.leakproof.spring.context.WorkerOverrides;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactory;
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
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;

/**
 * Auto-configuration for the ownership tree of an application: its root, what finds the beans that are to be owned, and
 * the two ends of its life. Each context has a tree of its own.
 */
@AutoConfiguration
@EnableConfigurationProperties(LeakproofProperties.class)
public final class LeakproofAutoConfiguration {

    /** The bean to declare in order to build the root otherwise. */
    static final String ROOT_BEAN_NAME = "leakproofRoot";

    private static final String MANAGED_BEANS = "leakproofManagedBeans";

    // For a fast start: what is injected is named as the bean is, which Spring then finds without a look at the types
    // of
    // all beans; and there are three parameters at most, as the JVM generates code for each kind of call that has more.

    LeakproofAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ManagedBeans leakproofManagedBeans(ConfigurableListableBeanFactory beanFactory) {
        return new ManagedBeans(beanFactory);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WorkerOverrides leakproofWorkerOverrides(ApplicationContext context) {
        ApplicationContext parent = context.getParent();
        return new WorkerOverrides(
                context.getEnvironment(),
                parent == null
                        ? null
                        : parent.getBeanProvider(WorkerOverrides.class).getIfAvailable());
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static ManagedBeanPostProcessor leakproofManagedBeanPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans leakproofManagedBeans,
            WorkerOverrides leakproofWorkerOverrides) {
        return new ManagedBeanPostProcessor(
                beanFactory,
                leakproofManagedBeans,
                ROOT_BEAN_NAME,
                leakproofWorkerOverrides,
                restartPolicy(beanFactory));
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static WorkerMethodPostProcessor leakproofWorkerMethodPostProcessor(
            ConfigurableListableBeanFactory beanFactory,
            ManagedBeans leakproofManagedBeans,
            WorkerOverrides leakproofWorkerOverrides) {
        return new WorkerMethodPostProcessor(
                beanFactory, leakproofManagedBeans, leakproofWorkerOverrides, restartPolicy(beanFactory));
    }

    private static Supplier<RestartPolicy> restartPolicy(BeanFactory beanFactory) {
        return () ->
                beanFactory.getBean(LeakproofProperties.class).getDefaults().restartPolicy();
    }

    @Bean
    static LazyHostFilter leakproofLazyHostFilter(ConfigurableListableBeanFactory beanFactory) {
        return new LazyHostFilter(beanFactory);
    }

    @Bean
    static HostCheck leakproofHostCheck(
            ConfigurableListableBeanFactory beanFactory, WorkerOverrides leakproofWorkerOverrides) {
        return new HostCheck(
                beanFactory,
                leakproofWorkerOverrides,
                () -> beanFactory.getBean(LeakproofProperties.class).getOnUnknownOverride());
    }

    @Bean
    static TreeExtensions leakproofTreeExtensions(
            ConfigurableListableBeanFactory beanFactory, @Qualifier(ROOT_BEAN_NAME) Owner root) {
        return new TreeExtensions(beanFactory, root);
    }

    @Bean
    @Lazy // most applications never have a use for it
    @ConditionalOnMissingBean
    ApplicationCloser leakproofApplicationCloser(ConfigurableApplicationContext context) {
        return new ExitingApplicationCloser(context);
    }

    @Bean
    @ConditionalOnMissingBean
    ContextCapture leakproofContextCapture(ApplicationContext context, LeakproofProperties properties) {
        return properties.getContextPropagation().capture(context.getClassLoader());
    }

    @Bean(name = ROOT_BEAN_NAME, destroyMethod = "") // the tree stops it
    @ConditionalOnMissingBean(name = ROOT_BEAN_NAME, search = SearchStrategy.CURRENT)
    Owner leakproofRoot(ApplicationContext context, LeakproofProperties properties) {
        LeakproofDefaults defaults = properties.getDefaults();
        ObjectProvider<ApplicationCloser> closer = context.getBeanProvider(ApplicationCloser.class);
        ThreadKind threads =
                Threading.VIRTUAL.isActive(context.getEnvironment()) ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
        return Owner.named(properties.getName())
                .stopTimeout(properties.getShutdown().getTimeout())
                .workerStopTimeout(defaults.getStopTimeout())
                .stopMode(defaults.getStopMode())
                .threads(Objects.requireNonNullElse(defaults.getThreads(), threads))
                .restart(defaults.restartPolicy())
                .context(context.getBeanProvider(ContextCapture.class).getIfUnique())
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
            ApplicationContext context, @Qualifier(ROOT_BEAN_NAME) Owner root, LeakproofProperties properties) {
        LeakproofProperties.Shutdown shutdown = properties.getShutdown();
        return new ManagedTree(
                context,
                root,
                context.getBean(MANAGED_BEANS, ManagedBeans.class),
                shutdown.grace(CloudPlatform.KUBERNETES.isActive(context.getEnvironment())),
                shutdown.getPhase(),
                context.getBeanProvider(KeepAlive.class).getIfAvailable());
    }

    @Bean
    RehearsalOnStart leakproofRehearsal(ApplicationContext context, @Qualifier(ROOT_BEAN_NAME) Owner root) {
        return new RehearsalOnStart(context, root);
    }

    @Bean
    TreeLifecycle leakproofStarter(ManagedTree leakproofTree, LeakproofProperties properties) {
        return TreeLifecycle.starter(leakproofTree, properties.getStartup().getPhase());
    }

    @Bean
    TreeLifecycle leakproofDrainer(ManagedTree leakproofTree, LeakproofProperties properties) {
        return TreeLifecycle.drainer(leakproofTree, properties.getShutdown().getPhase());
    }
}
