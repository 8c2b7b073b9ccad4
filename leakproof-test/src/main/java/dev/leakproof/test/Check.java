package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import dev.leakproof.test.LeakCheck.Scope;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.commons.support.AnnotationSupport;

/** One test, or one class of tests, from before its first line to after its last. */
final class Check implements AutoCloseable {

    private static final String PARALLEL = "junit.jupiter.execution.parallel.enabled";
    private static final Pattern ANONYMOUS = Pattern.compile("(\\$\\d+|\\$\\$Lambda.*)$");

    private final ExtensionContext context;
    private final Session session;
    private final String name;
    private final Trail.Step step;
    private final long mark;
    private final @Nullable Settings settings;

    private Check(ExtensionContext context, Session session, Rule rule) {
        this.context = context;
        this.session = session;
        this.name = nameOf(context);
        this.step = session.trail().begin(name, isTest(context), rule.scope() == Scope.NONE);
        this.mark = session.uncaught().mark();
        this.settings = rule.isJudged(isTest(context)) ? rule.settings(session.config()) : null;
    }

    static Check begin(ExtensionContext context, Session session) {
        return new Check(context, session, Rule.of(context));
    }

    @Override
    public void close() {
        step.end();
        boolean alone = isAlone();
        if (alone && isTest(context)) {
            context.getExecutionException()
                    .ifPresent(failure -> session.uncaught().attachTo(failure, mark));
        }
        if (settings != null && alone) {
            judge(settings);
        } else if (settings != null) {
            context.publishReportEntry(
                    "leakproof",
                    "Tests run in parallel, so nothing tells whose a thread is: only the suite gate judges");
        }
    }

    private void judge(Settings how) {
        var leaks = session.judge(how, CachedContexts.anyOpen() ? this::runsTestCode : live -> true);
        if (!leaks.isEmpty()) {
            session.reportedBelow(name);
            ThreadLeakError error = new ThreadLeakError(LeakReport.of(leaks, name), leaks);
            session.uncaught().attachTo(error, mark);
            throw error;
        }
    }

    /** While a cached context is open, other threads may be its; also those of configuration nested in the test class. */
    private boolean runsTestCode(LiveThread live) {
        String testClass = context.getRequiredTestClass().getName();
        return Frames.isStarting(live.stack())
                || live.stack().stream()
                        .map(frame -> ANONYMOUS.matcher(frame.getClassName()).replaceFirst(""))
                        .anyMatch(testClass::equals);
    }

    private boolean isAlone() {
        boolean parallel = context.getConfigurationParameter(PARALLEL)
                .map(Boolean::parseBoolean)
                .orElse(false);
        return !parallel
                || AnnotationSupport.findAnnotation(
                                context.getRequiredTestClass(), Isolated.class, context.getEnclosingTestClasses())
                        .isPresent();
    }

    private static boolean isTest(ExtensionContext context) {
        return context.getTestMethod().isPresent();
    }

    private static String nameOf(ExtensionContext context) {
        String type = context.getRequiredTestClass().getName();
        Optional<String> method = context.getTestMethod().map(test -> test.getName() + "()");
        String shown = context.getDisplayName();
        boolean more = method.isPresent()
                && !shown.equals(method.get())
                && !shown.startsWith(method.get().replace(")", ""));
        return type + method.map(test -> "." + test).orElse("") + (more ? " " + shown : "");
    }
}
