package dev.leakproof.spring.autoconfigure;

import dev.leakproof.spring.context.OnUnknownOverride;
import dev.leakproof.spring.context.TreeLifecycle;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the ownership tree of the application is built, started and stopped.
 *
 * @param name Name of the root of the tree: the first part of every path.
 * @param keepAlive Whether a live worker keeps the JVM of an application without a web server up.
 * @param onUnknownOverride What follows when a property under 'leakproof.workers' is for a worker that does not exist.
 * @param startup When the workers start
 * @param shutdown When and how the workers stop
 */
@ConfigurationProperties("leakproof")
record LeakproofProperties(
        @DefaultValue("app") String name,
        @DefaultValue("true") boolean keepAlive,
        @DefaultValue("fail") OnUnknownOverride onUnknownOverride,
        @DefaultValue Startup startup,
        @DefaultValue Shutdown shutdown) {

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
     */
    record Shutdown(
            @DefaultValue("" + TreeLifecycle.DEFAULT_DRAIN_PHASE)
            int phase,

            @DefaultValue("12s") Duration timeout) {

        Shutdown {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("leakproof.shutdown.timeout must be longer than zero, but was "
                        + timeout + ": write for instance 12s");
            }
        }
    }
}
