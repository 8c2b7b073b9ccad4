package dev.leakproof;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Has tests wait a minute for what comes at once, wherever they say nothing else: Awaitility's ten seconds can be too short
 * for a machine that is busy. Found by JUnit as a service, here and wherever these test classes are on the class path.
 */
public final class Patience implements LauncherSessionListener {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }
}
