package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.Owner;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Looks, once all beans are created, for those that were not and yet are or have workers: one of which there may be
 * several fails startup, what a factory bean makes is made now, a lazy bean is warned about, for its workers wait with it. Then all workers are known, and
 * overrides that are for none of them are looked for.
 */
public final class HostCheck implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(HostCheck.class);

    private final ConfigurableListableBeanFactory beanFactory;
    private final WorkerMethods methods = new WorkerMethods();
    private final WorkerOverrides overrides;
    private final WorkerIds ids;
    private final Supplier<OnUnknownOverride> onUnknown;

    /**
     * Creates a check of the beans of {@code beanFactory}.
     *
     * @param onUnknown what to do about an override for no worker; asked for when there is one
     */
    public HostCheck(
            ConfigurableListableBeanFactory beanFactory,
            WorkerOverrides overrides,
            Supplier<OnUnknownOverride> onUnknown) {
        this.beanFactory = beanFactory;
        this.overrides = overrides;
        this.ids = new WorkerIds(overrides, Placeholders.of(beanFactory));
        this.onUnknown = onUnknown;
    }

    @Override
    public void afterSingletonsInstantiated() {
        boolean hidden = false;
        for (String name : beanFactory.getBeanDefinitionNames()) {
            BeanDefinition definition = beanFactory.getMergedBeanDefinition(name);
            Object singleton = beanFactory.getSingleton(name);
            boolean factory = singleton instanceof FactoryBean<?>;
            if (definition.isAbstract() || (singleton != null && !factory)) {
                continue;
            }
            Class<?> type = beanFactory.getType(name, false);
            if (type != null && hasWorkers(type)) {
                HostScopes.check(beanFactory, name);
                if (factory) {
                    beanFactory.getBean(name); // which Spring makes only when something asks for it
                } else if (definition.isSingleton()) {
                    log.warn(
                            "Bean '{}' is lazy, and is or has a worker, which does not start before something asks for"
                                    + " the bean: leave out @Lazy to start it with the application",
                            name);
                }
                methods.of(type).forEach((method, annotation) -> ids.know(type, method, annotation));
            }
            hidden |= type != null && LazyHostFilter.mayHide(type, definition, beanFactory);
        }
        List<WorkerOverrides.Stray> strays = overrides.strays();
        if (!strays.isEmpty()) {
            report(strays, hidden);
        }
    }

    private boolean hasWorkers(Class<?> type) {
        return Managed.class.isAssignableFrom(type) || Owner.class.isAssignableFrom(type) || methods.isHost(type);
    }

    /** A lazy bean has an id that nobody can know yet, so it may be meant. */
    private void report(List<WorkerOverrides.Stray> strays, boolean hidden) {
        if (!hidden && onUnknown.get() == OnUnknownOverride.FAIL) {
            WorkerOverrides.Stray first = strays.get(0);
            throw new InvalidWorkerException(
                    first.source() + " " + first.problem() + ".",
                    first.remedy() + " With leakproof.on-unknown-override=warn startup does not fail.");
        }
        strays.forEach(stray -> log.warn("{} {}. {}", stray.source(), stray.problem(), stray.remedy()));
    }
}
