package dev.leakproof.test;

import java.lang.System.Logger.Level;
import java.util.List;

/**
 * The last to be closed when all tests of JUnit Jupiter are over. What it throws fails the build, whatever reruns made
 * of the tests: so it also repeats, in a line, what they were failed for.
 */
final class SuiteGate implements AutoCloseable {

    private static final System.Logger log = System.getLogger(LeakCheck.class.getName());

    private final Session session;

    SuiteGate(Session session) {
        this.session = session;
    }

    @Override
    public void close() {
        CachedContexts.closeAll();
        Settings settings = Settings.DEFAULT
                .since(session.baseline())
                .grace(session.config().grace());
        List<ThreadLeak> leaks = session.judge(settings, live -> true);
        List<String> before = session.takeReportedBelow();
        tellHealed();
        if (!leaks.isEmpty() || !before.isEmpty()) {
            ThreadLeakError error = new ThreadLeakError(message(leaks, before), leaks);
            session.uncaught().attachTo(error, 0);
            throw error;
        }
    }

    private String message(List<ThreadLeak> leaks, List<String> before) {
        StringBuilder text = new StringBuilder();
        if (!leaks.isEmpty()) {
            text.append(LeakReport.of(leaks, "all tests"));
            if (!session.config().creators()) {
                text.append("\n  To see who started them, run the tests with -D")
                        .append(Config.PREFIX)
                        .append("creators=true");
            }
        }
        if (!before.isEmpty()) {
            text.append(leaks.isEmpty() ? "" : "\n")
                    .append("Threads have outlived, as reported there and whatever a rerun says: ")
                    .append(String.join(", ", before));
        }
        return text.toString();
    }

    private void tellHealed() {
        KnownLeaks known = session.known();
        if (known != null && !known.unseen().isEmpty()) {
            log.log(
                    Level.WARNING,
                    "Known leaks that this run has not met; if it was the whole suite they are healed, and should go from"
                            + " {0}:\n  {1}",
                    known,
                    String.join("\n  ", known.unseen()));
        }
    }
}
