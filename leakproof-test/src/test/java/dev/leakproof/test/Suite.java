package dev.leakproof.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs classes of tests in a session of their own, as a build tool does, and keeps what came of them. */
final class Suite implements TestExecutionListener {

    /** The name under which the suite gate's failure is found. */
    static final String GATE = "JUnit Jupiter";

    private final List<String> passed = new ArrayList<>();
    private final Map<String, Throwable> failed = new LinkedHashMap<>();
    private final List<String> reported = new ArrayList<>();

    static Suite run(Class<?>... classes) {
        return run(Map.of(), classes);
    }

    static Suite run(Map<String, String> parameters, Class<?>... classes) {
        return runTimes(1, parameters, classes);
    }

    /** Runs all of it that often in one session, as reruns do. */
    static Suite runTimes(int times, Map<String, String> parameters, Class<?>... classes) {
        Suite suite = new Suite();
        try (LauncherSession session = LauncherFactory.openSession()) {
            Launcher launcher = session.getLauncher();
            for (int i = 0; i < times; i++) {
                LauncherDiscoveryRequestBuilder request =
                        LauncherDiscoveryRequestBuilder.request().configurationParameters(parameters);
                for (Class<?> type : classes) {
                    request.selectors(DiscoverySelectors.selectClass(type));
                }
                launcher.execute(request.build(), suite);
            }
        }
        return suite;
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            passed.add(test.getDisplayName());
        } else {
            failed.put(test.getDisplayName(), result.getThrowable().orElseThrow());
        }
    }

    @Override
    public synchronized void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        reported.addAll(entry.getKeyValuePairs().values());
    }

    List<String> passed() {
        return passed;
    }

    /** Returns the failures by display names, in their order. */
    Map<String, Throwable> failed() {
        return failed;
    }

    Throwable failure(String name) {
        Throwable failure = failed.get(name);
        if (failure == null) {
            throw new AssertionError(
                    "Expected '" + name + "' to fail, but only " + failed.keySet() + " did: " + failed);
        }
        return failure;
    }

    List<String> reported() {
        return reported;
    }
}
