package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.context.GracePeriod;
import dev.leakproof.spring.context.OnOverrun;
import dev.leakproof.spring.context.OnUnknownOverride;
import dev.leakproof.spring.context.TreeLifecycle;
import dev.leakproof.spring.propagation.ContextPropagation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the ownership tree of the application is built, started and stopped.
 *
 * @param name Name of the root of the tree: the first part of every path.
 * @param keepAlive Whether a live worker keeps the JVM of an application without a web server up.
 * @param onUnknownOverride What follows when a property under 'leakproof.workers' is for a worker that does not exist.
 * @param contextPropagation What of the thread that hands work over reaches forks, items of pools, and workers that a body
 *     starts: with auto the MDC and, where Micrometer's context-propagation is on the class path, observations, traces and
 *     all else that has a ThreadLocalAccessor.
 * @param startup When the workers start
 * @param shutdown When and how the workers stop
 * @param defaults What holds for each worker that says nothing itself
 * @param census How the threads of the whole service are watched
 * @param history The history of nodes that have ended
 * @param web What belongs to a web request
 */
@ConfigurationProperties("leakproof")
record LeakproofProperties(
        @DefaultValue("app") String name,
        @DefaultValue("true") boolean keepAlive,
        @DefaultValue("fail") OnUnknownOverride onUnknownOverride,
        @DefaultValue("auto") ContextPropagation contextPropagation,
        @DefaultValue Startup startup,
        @DefaultValue Shutdown shutdown,
        @DefaultValue @NestedConfigurationProperty LeakproofDefaults defaults,
        @DefaultValue @NestedConfigurationProperty CensusProperties census,
        @DefaultValue @NestedConfigurationProperty HistoryProperties history,
        @DefaultValue @NestedConfigurationProperty LeakproofWebProperties web) {

    private static final String LEGAL_NAME = "(?!\\.+$)[A-Za-z0-9._-]{1,64}";

    LeakproofProperties {
        if (!name.matches(LEGAL_NAME)) {
            throw new IllegalArgumentException(
                    "leakproof.name must be 1 to 64 letters, digits, dots, underscores or hyphens, and not only dots:"
                            + " write for instance app");
        }
    }

    /**
     * When the workers start.
     *
     * @param phase Phase of the application context's lifecycle in which the workers start.
     */
    record Startup(
            @DefaultValue("" + TreeLifecycle.DEFAULT_START_PHASE)
            int phase) {}

    /**
     * When and how the workers stop.
     *
     * @param phase Phase of the application context's lifecycle in which the workers stop.
     * @param timeout Most that all workers together get to stop, of which the last sixth is for force.
     * @param gracePeriod The pod's terminationGracePeriodSeconds, which it cannot read itself. When set, the stop of the
     *     workers ends in time for it, however long other parts of the shutdown took.
     * @param preStop What the pod's preStop hook takes of the grace period.
     * @param margin What is to be left of the grace period at the end.
     * @param onOverrun What to do at startup if a shutdown can take longer than the grace period, which is checked on
     *     Kubernetes and where grace-period or pre-stop is set.
     */
    record Shutdown(
            @DefaultValue("" + TreeLifecycle.DEFAULT_DRAIN_PHASE)
            int phase,

            @DefaultValue("12s") Duration timeout,
            @Nullable Duration gracePeriod,
            @Nullable Duration preStop,
            @DefaultValue("3s") Duration margin,
            @DefaultValue("warn") OnOverrun onOverrun) {

        Shutdown {
            requirePositive("timeout", timeout, "12s");
            if (gracePeriod != null) {
                requirePositive("grace-period", gracePeriod, "30s");
            }
            if (preStop != null && preStop.isNegative()) {
                throw new IllegalArgumentException("leakproof.shutdown.pre-stop must not be negative, but was "
                        + preStop + ": write for instance 5s");
            }
            if (margin.isNegative()) {
                throw new IllegalArgumentException("leakproof.shutdown.margin must not be negative, but was " + margin
                        + ": write for instance 3s");
            }
        }

        private static void requirePositive(String name, Duration value, String example) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException("leakproof.shutdown." + name + " must be longer than zero, but was "
                        + value + ": write for instance " + example);
            }
        }

        GracePeriod grace(boolean onKubernetes) {
            return new GracePeriod(gracePeriod, preStop, margin, onKubernetes, onOverrun);
        }
    }
}
