package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.context.GracePeriod;
import dev.leakproof.spring.context.InvalidWorkerException;
import dev.leakproof.spring.context.OnOverrun;
import dev.leakproof.spring.context.OnUnknownOverride;
import dev.leakproof.spring.context.TreeLifecycle;
import dev.leakproof.spring.propagation.ContextPropagation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * How the ownership tree of the application is built, started and stopped.
 *
 * <p>It has setters, and is no record: where nothing is set, which is the rule, nothing is bound or converted then, and no
 * constructor of many parameters is called by reflection, for which the JVM would generate code at each start.
 *
 * <p>It binds itself, as a bean that wants the tree before Boot's post-processor is there would get the defaults otherwise.
 */
@ConfigurationProperties("leakproof")
final class LeakproofProperties implements BeanFactoryAware, InitializingBean {

    private static final String LEGAL_NAME = "(?!\\.+$)[A-Za-z0-9._-]{1,64}";

    /** Name of the root of the tree: the first part of every path. */
    private String name = "app";

    /** Whether a live worker keeps the JVM of an application without a web server up. */
    private boolean keepAlive = true;

    /** What follows when a property under 'leakproof.workers' is for a worker that does not exist. */
    private OnUnknownOverride onUnknownOverride = OnUnknownOverride.FAIL;

    /**
     * What of the thread that hands work over reaches forks, items of pools, and workers that a body starts: with auto
     * the MDC and, where Micrometer's context-propagation is on the class path, observations, traces and all else that
     * has a ThreadLocalAccessor.
     */
    private ContextPropagation contextPropagation = ContextPropagation.AUTO;

    private final Startup startup = new Startup();

    private final Shutdown shutdown = new Shutdown();

    @NestedConfigurationProperty
    private final LeakproofDefaults defaults = new LeakproofDefaults();

    @NestedConfigurationProperty
    private final CensusProperties census = new CensusProperties();

    @NestedConfigurationProperty
    private final HistoryProperties history = new HistoryProperties();

    @NestedConfigurationProperty
    private final LeakproofWebProperties web = new LeakproofWebProperties();

    private final CacheManager cacheManager = new CacheManager();

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        Environment environment =
                beanFactory.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, Environment.class);
        Binder.get(environment).bind("leakproof", Bindable.ofInstance(this));
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        if (!name.matches(LEGAL_NAME)) {
            throw new IllegalArgumentException(
                    "leakproof.name must be 1 to 64 letters, digits, dots, underscores or hyphens, and not only dots:"
                            + " write for instance app");
        }
        this.name = name;
    }

    public boolean isKeepAlive() {
        return keepAlive;
    }

    public void setKeepAlive(boolean keepAlive) {
        this.keepAlive = keepAlive;
    }

    public OnUnknownOverride getOnUnknownOverride() {
        return onUnknownOverride;
    }

    public void setOnUnknownOverride(OnUnknownOverride onUnknownOverride) {
        this.onUnknownOverride = onUnknownOverride;
    }

    public ContextPropagation getContextPropagation() {
        return contextPropagation;
    }

    public void setContextPropagation(ContextPropagation contextPropagation) {
        this.contextPropagation = contextPropagation;
    }

    public Startup getStartup() {
        return startup;
    }

    public Shutdown getShutdown() {
        return shutdown;
    }

    public LeakproofDefaults getDefaults() {
        return defaults;
    }

    public CensusProperties getCensus() {
        return census;
    }

    public HistoryProperties getHistory() {
        return history;
    }

    public LeakproofWebProperties getWeb() {
        return web;
    }

    public CacheManager getCacheManager() {
        return cacheManager;
    }

    /** Rejects what no worker could have, if it says nothing itself. */
    @Override
    public void afterPropertiesSet() {
        try {
            defaults.restartPolicy();
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    "The properties under leakproof.defaults do not fit together: " + ex.getMessage(),
                    "Change the property that the message speaks of.",
                    ex);
        }
    }

    /** When the workers start. */
    static final class Startup {

        /** Phase of the application context's lifecycle in which the workers start. */
        private int phase = TreeLifecycle.DEFAULT_START_PHASE;

        public int getPhase() {
            return phase;
        }

        public void setPhase(int phase) {
            this.phase = phase;
        }
    }

    /** What Spring's caching makes of the tree's caches. */
    static final class CacheManager {

        /** Whether '@Cacheable' and its like use the EvictingCache beans of the application, by their names. */
        private boolean enabled;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** When and how the workers stop. */
    static final class Shutdown {

        /** Phase of the application context's lifecycle in which the workers stop. */
        private int phase = TreeLifecycle.DEFAULT_DRAIN_PHASE;

        /** Most that all workers together get to stop, of which the last sixth is for force. */
        private Duration timeout = Duration.ofSeconds(12);

        /**
         * The pod's terminationGracePeriodSeconds, which it cannot read itself. When set, the stop of the workers ends
         * in time for it, however long other parts of the shutdown took.
         */
        private @Nullable Duration gracePeriod;

        /** What the pod's preStop hook takes of the grace period. */
        private @Nullable Duration preStop;

        /** What is to be left of the grace period at the end. */
        private Duration margin = Duration.ofSeconds(3);

        /**
         * What to do at startup if a shutdown can take longer than the grace period, which is checked on Kubernetes and
         * where grace-period or pre-stop is set.
         */
        private OnOverrun onOverrun = OnOverrun.WARN;

        public int getPhase() {
            return phase;
        }

        public void setPhase(int phase) {
            this.phase = phase;
        }

        public Duration getTimeout() {
            return timeout;
        }

        public void setTimeout(Duration timeout) {
            this.timeout = Checks.positive("leakproof.shutdown.timeout", timeout, "12s");
        }

        public @Nullable Duration getGracePeriod() {
            return gracePeriod;
        }

        public void setGracePeriod(@Nullable Duration gracePeriod) {
            this.gracePeriod =
                    gracePeriod == null ? null : Checks.positive("leakproof.shutdown.grace-period", gracePeriod, "30s");
        }

        public @Nullable Duration getPreStop() {
            return preStop;
        }

        public void setPreStop(@Nullable Duration preStop) {
            this.preStop = preStop == null ? null : Checks.notNegative("leakproof.shutdown.pre-stop", preStop, "5s");
        }

        public Duration getMargin() {
            return margin;
        }

        public void setMargin(Duration margin) {
            this.margin = Checks.notNegative("leakproof.shutdown.margin", margin, "3s");
        }

        public OnOverrun getOnOverrun() {
            return onOverrun;
        }

        public void setOnOverrun(OnOverrun onOverrun) {
            this.onOverrun = onOverrun;
        }

        GracePeriod grace(boolean onKubernetes) {
            return new GracePeriod(gracePeriod, preStop, margin, onKubernetes, onOverrun);
        }
    }
}
