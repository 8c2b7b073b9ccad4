package dev.leakproof.spring.context;

import dev.leakproof.RestartPolicy;
import dev.leakproof.WorkerContext;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** What an annotated method may look like, and what is said of one that does not. */
final class WorkerRules {

    private static final int LONGEST_NAME = 64;
    private static final List<String> RESTART =
            List.of("restart", "backoff", "maxBackoff", "maxRestarts", "restartWindow", "escalation");

    private WorkerRules() {}

    /** Returns what a message calls the method. */
    static String subject(Method method) {
        return "@ManagedWorker method " + ClassUtils.getQualifiedMethodName(method);
    }

    static void check(Method method, WorkerAttributes attributes) {
        checkSignature(method);
        List<String> paces = checkSchedule(subject(method), attributes);
        boolean periodic = !paces.isEmpty();
        int concurrency = attributes.number("concurrency").orElse(1);
        if (periodic && concurrency > 1) {
            throw invalid(
                    method,
                    "has " + paces.get(0) + " and a concurrency of " + concurrency
                            + ", but runs of a periodic worker never overlap.",
                    "Leave out concurrency, or leave out " + paces.get(0) + " and loop until ctx.isStopping().");
        }
        boolean cron = attributes.has("cron");
        if (attributes.has("initialDelay") && cron) {
            throw invalid(method, "has cron and an initialDelay, which do not go together.", "Leave out initialDelay.");
        }
        for (String attribute : List.of("jitter", "timeout")) {
            if (attributes.has(attribute) && !periodic) {
                throw invalid(
                        method,
                        "has a " + attribute + ", but loops: there are no runs it could apply to.",
                        "Leave out " + attribute + ", or say when it runs by every, fixedDelay or cron.");
            }
        }
        if (periodic) {
            RESTART.stream().filter(attributes::has).findFirst().ifPresent(attribute -> {
                throw invalid(
                        method,
                        "has " + paces.get(0) + " and says " + attribute + ", but its next run comes anyway.",
                        "Leave out " + attribute + ".");
            });
        }
        if (attributes.has("awaitReady") && method.getParameterCount() == 0) {
            throw invalid(
                    method,
                    "has awaitReady, but could never say that it is ready.",
                    "Let it take a " + WorkerContext.class.getName() + " and call ready(), or leave out awaitReady.");
        }
    }

    /** Checks what even a bean that is overridden has to keep, and returns the schedules it names: one at most. */
    static List<String> checkSchedule(String subject, WorkerAttributes attributes) {
        List<String> paces =
                WorkerAttributes.PACES.stream().filter(attributes::has).toList();
        if (paces.size() > 1) {
            throw new InvalidWorkerException(
                    subject + " has several schedules: " + String.join(" and ", paces) + ".",
                    "Keep one of them, or split the work into two methods.");
        }
        if (attributes.has("zone") && !attributes.has("cron")) {
            throw new InvalidWorkerException(
                    subject + " has a zone, but no cron.", "Leave out zone, or write a cron expression.");
        }
        return paces;
    }

    /** Checks that what is said of restarts can come to bear. */
    static void checkRestart(String subject, WorkerAttributes attributes, RestartPolicy policy) {
        if (policy.mode() == RestartPolicy.Mode.NEVER) {
            RESTART.stream()
                    .filter(attribute -> !attribute.equals("restart") && attributes.has(attribute))
                    .findFirst()
                    .ifPresent(attribute -> {
                        throw new InvalidWorkerException(
                                subject + " says " + attribute + ", but is never started again.",
                                "Leave out " + attribute
                                        + ", or write restart = ON_FAILURE; with maxRestarts = \"0\" the"
                                        + " first failure escalates.");
                    });
        }
    }

    private static void checkSignature(Method method) {
        if (Modifier.isStatic(method.getModifiers())) {
            throw invalid(method, "is static.", "Make it an instance method of a bean.");
        }
        if (Modifier.isPrivate(method.getModifiers())) {
            throw invalid(method, "is private, so that proxies cannot see it.", "Make it package-private.");
        }
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length > 1 || (parameters.length == 1 && parameters[0] != WorkerContext.class)) {
            throw invalid(
                    method,
                    "takes " + ClassUtils.classNamesToString(parameters) + ".",
                    "Let it take nothing, or one parameter of type " + WorkerContext.class.getName() + ".");
        }
        Class<?> result = method.getReturnType();
        if (Future.class.isAssignableFrom(result)
                || CompletionStage.class.isAssignableFrom(result)
                || (!result.isPrimitive()
                        && ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) != null)) {
            throw invalid(
                    method,
                    "returns a " + result.getSimpleName() + ", whose work nobody would wait for.",
                    "Let it do the work itself and return when it is done.");
        }
    }

    /** Returns the method to call on {@code host}, which may be a proxy. */
    static Method invocable(Method method, Object host) {
        try {
            return AopUtils.selectInvocableMethod(method, host.getClass());
        } catch (IllegalStateException ex) {
            throw new InvalidWorkerException(
                    subject(method) + " cannot be called: its bean is behind a JDK proxy, which does not have it.",
                    "Declare the method in an interface of the bean, or let Spring proxy the class"
                            + " (spring.aop.proxy-target-class=true, the default).",
                    ex);
        }
    }

    /** Returns a legal name made of a Java one, which may have letters that names may not. */
    static String sanitise(String javaName) {
        String legal = javaName.replaceAll("[^A-Za-z0-9._-]", "_");
        return legal.length() > LONGEST_NAME ? legal.substring(0, LONGEST_NAME) : legal;
    }

    private static InvalidWorkerException invalid(Method method, String what, String action) {
        return new InvalidWorkerException(subject(method) + " " + what, action);
    }
}
