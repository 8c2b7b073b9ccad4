package dev.leakproof.test;

import dev.leakproof.test.LeakCheck.Scope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * What {@link LeakCheck} says about a test or class: its own, or else that of the class around or above.
 *
 * @param check the annotation, or null if there is none
 */
record Rule(@Nullable LeakCheck check) {

    /** @throws ExtensionConfigurationException if it contradicts itself */
    static Rule of(ExtensionContext context) {
        Optional<LeakCheck> ofMethod =
                context.getTestMethod().flatMap(method -> AnnotationSupport.findAnnotation(method, LeakCheck.class));
        Optional<LeakCheck> ofClass = AnnotationSupport.findAnnotation(
                context.getRequiredTestClass(), LeakCheck.class, context.getEnclosingTestClasses());
        ofMethod.ifPresent(check -> refuseMisuse(check, true, context));
        ofClass.ifPresent(check -> refuseMisuse(check, false, context));
        return new Rule(ofMethod.or(() -> ofClass).orElse(null));
    }

    private static void refuseMisuse(LeakCheck check, boolean onMethod, ExtensionContext context) {
        Scope scope = check.scope();
        boolean judges = scope == Scope.TEST || scope == Scope.CLASS;
        if (onMethod && (scope == Scope.CLASS || scope == Scope.SUITE)) {
            refuse(context, "the scope " + scope + " on a method: put it on the class");
        } else if (scope == Scope.NONE && check.reason().isBlank()) {
            refuse(context, "the scope NONE without a reason: say why its threads may leak");
        } else if (scope != Scope.NONE && !check.reason().isBlank()) {
            refuse(context, "a reason with the scope " + scope + ": that is for NONE");
        } else if (!judges && (!check.grace().isEmpty() || check.interrupt() || check.allow().length > 0)) {
            refuse(
                    context,
                    "grace, interrupt or allow with the scope " + scope + ", which judges nothing: remove them");
        }
    }

    private static void refuse(ExtensionContext context, String what) {
        throw new ExtensionConfigurationException("@LeakCheck of " + context.getDisplayName() + " has " + what);
    }

    Scope scope() {
        return check == null ? Scope.SUITE : check.scope();
    }

    /** A class of checked tests is checked too: its own callbacks may leak. */
    boolean isJudged(boolean test) {
        return scope() == Scope.TEST || (scope() == Scope.CLASS && !test);
    }

    Settings settings(Config config) {
        Settings settings = Settings.DEFAULT.since(Baseline.now()).grace(config.grace());
        if (check == null) {
            return settings;
        }
        if (!check.grace().isEmpty()) {
            settings = settings.grace(Config.duration("grace of @LeakCheck", check.grace()));
        }
        if (check.interrupt()) {
            settings = settings.interrupting();
        }
        for (Class<? extends Allowances> type : check.allow()) {
            for (Allowance allowance : ReflectionSupport.newInstance(type).allowances()) {
                settings = settings.allowing(allowance);
            }
        }
        return settings;
    }
}
