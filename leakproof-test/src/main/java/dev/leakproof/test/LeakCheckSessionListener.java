package dev.leakproof.test;

import org.junit.platform.engine.support.store.Namespace;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Called by JUnit before anything of any test is loaded: what is alive now is not the tests'. */
public final class LeakCheckSessionListener implements LauncherSessionListener {

    private static final Namespace NAMESPACE = Namespace.create(Session.KEY);

    /** Made by JUnit. */
    public LeakCheckSessionListener() {}

    @Override
    public void launcherSessionOpened(LauncherSession launcherSession) {
        Session session = new Session();
        AutoDetection detection = new AutoDetection(session);
        launcherSession.getStore().put(NAMESPACE, Session.class, session);
        launcherSession.getStore().put(NAMESPACE, AutoDetection.class, detection);
        launcherSession.getLauncher().registerLauncherDiscoveryListeners(detection);
    }

    @Override
    public void launcherSessionClosed(LauncherSession launcherSession) {
        AutoDetection detection = launcherSession.getStore().get(NAMESPACE, AutoDetection.class, AutoDetection.class);
        if (detection != null) {
            detection.close();
        }
        Session session = launcherSession.getStore().get(NAMESPACE, Session.class, Session.class);
        if (session != null) {
            session.close();
        }
    }
}
