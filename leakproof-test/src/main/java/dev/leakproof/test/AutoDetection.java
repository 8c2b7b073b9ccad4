package dev.leakproof.test;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.launcher.LauncherDiscoveryListener;
import org.junit.platform.launcher.LauncherDiscoveryRequest;

/**
 * Has JUnit find {@link LeakCheckExtension} by itself, and leaves everybody else's extensions as they are: where
 * detection is off it is turned on for this one only; where it is on for some, this one is added.
 */
final class AutoDetection implements LauncherDiscoveryListener, AutoCloseable {

    private static final System.Logger log = System.getLogger(LeakCheck.class.getName());
    private static final String ENABLED = "junit.jupiter.extensions.autodetection.enabled";
    private static final String INCLUDE = "junit.jupiter.extensions.autodetection.include";
    private static final String OURS = LeakCheckExtension.class.getName();

    private final Session session;
    private final Map<String, Change> changes = new HashMap<>();

    private record Change(@Nullable String from, String to) {}

    AutoDetection(Session session) {
        this.session = session;
    }

    @Override
    public void launcherDiscoveryStarted(LauncherDiscoveryRequest request) {
        ConfigurationParameters parameters = request.getConfigurationParameters();
        try {
            if (session.configure(parameters::get).enabled()) {
                turnOn(parameters);
            }
        } catch (IllegalArgumentException e) {
            // A listener that throws is only logged: have the extension found, and fail for the same reason.
            turnOn(parameters);
        }
    }

    private void turnOn(ConfigurationParameters parameters) {
        if (!parameters.getBoolean(ENABLED).orElse(false)) {
            set(ENABLED, "true");
            set(INCLUDE, OURS);
        } else {
            parameters
                    .get(INCLUDE)
                    .filter(patterns -> !patterns.contains(OURS))
                    .ifPresent(patterns -> set(INCLUDE, patterns + "," + OURS));
        }
        boolean found = parameters.getBoolean(ENABLED).orElse(false)
                && parameters
                        .get(INCLUDE)
                        .map(patterns -> patterns.contains(OURS))
                        .orElse(true);
        if (!found) {
            log.log(
                    Level.WARNING,
                    "The launcher was told to find no extensions ({0}) or others ({1}): there is no suite gate for leaks,"
                            + " and only @LeakCheck counts",
                    ENABLED,
                    INCLUDE);
        }
    }

    private synchronized void set(String property, String value) {
        String before = System.setProperty(property, value);
        Change earlier = changes.get(property);
        changes.put(property, new Change(earlier == null ? before : earlier.from(), value));
    }

    /** Takes back what was set, unless somebody has changed it since. */
    @Override
    public synchronized void close() {
        changes.forEach((property, change) -> {
            if (!change.to().equals(System.getProperty(property))) {
                return;
            }
            if (change.from() == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, change.from());
            }
        });
        changes.clear();
    }
}
