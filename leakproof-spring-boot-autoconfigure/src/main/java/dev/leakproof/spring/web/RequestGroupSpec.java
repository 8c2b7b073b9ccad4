package dev.leakproof.spring.web;

import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.lang.reflect.Executable;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;

/**
 * What the group of one parameter is like.
 *
 * @param name its part of the path, such as {@code quoteController.quotes}
 * @param createdAt the controller method, named as its origin
 * @param deadline how long it may take, longer than zero
 * @param limit how many forks run at once, or 0 to leave that open
 */
record RequestGroupSpec(String name, String createdAt, Duration deadline, int limit) {

    private static final String GROUP = "dev.leakproof.TaskGroup";

    private static final int LONGEST_NAME = 64;

    /** Asked of the arguments of all handlers, most of which are in applications that never load the type itself. */
    static boolean isGroup(MethodParameter parameter) {
        return parameter.getParameterType().getName().equals(GROUP);
    }

    /** @throws InvalidWorkerException if the annotation asks for what cannot be */
    static RequestGroupSpec of(
            MethodParameter parameter, Duration defaultDeadline, UnaryOperator<String> placeholders) {
        RequestGroup annotation = parameter.getParameterAnnotation(RequestGroup.class);
        int limit = annotation == null ? 0 : annotation.limit();
        if (limit < 0) {
            throw new InvalidWorkerException(
                    subject(parameter) + " has limit = " + limit + ", which is negative.",
                    "Write a number such as 8, or leave it out.");
        }
        Executable method = parameter.getExecutable();
        String host = ClassUtils.getShortNameAsProperty(ClassUtils.getUserClass(parameter.getContainingClass()));
        return new RequestGroupSpec(
                legal(host + "." + method.getName()),
                ClassUtils.getUserClass(method.getDeclaringClass()).getName() + "." + method.getName(),
                annotation == null || annotation.deadline().isEmpty()
                        ? defaultDeadline
                        : deadline(parameter, annotation.deadline(), placeholders),
                limit);
    }

    private static Duration deadline(MethodParameter parameter, String raw, UnaryOperator<String> placeholders) {
        @Nullable Throwable cause = null;
        try {
            Duration deadline =
                    DurationStyle.detectAndParse(placeholders.apply(raw).trim());
            if (!deadline.isZero() && !deadline.isNegative()) {
                return deadline;
            }
        } catch (IllegalArgumentException ex) {
            cause = ex;
        }
        throw new InvalidWorkerException(
                "%s has deadline = \"%s\", which is %s."
                        .formatted(
                                subject(parameter),
                                raw,
                                cause == null ? "not longer than zero" : "not a duration: " + cause.getMessage()),
                "Write it as 300ms, 2s or PT2S.",
                cause);
    }

    /** Returns what a message calls {@code parameter}. */
    static String subject(MethodParameter parameter) {
        return "The TaskGroup argument of " + parameter.getContainingClass().getName() + "."
                + parameter.getExecutable().getName();
    }

    private static String legal(String name) {
        String legal = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return legal.length() > LONGEST_NAME ? legal.substring(legal.length() - LONGEST_NAME) : legal;
    }

    /** Opens the group, which the calling thread owns. */
    @SuppressWarnings("MustBeClosedChecker") // with the request
    TaskGroup<?> open(Owner owner) {
        TaskGroup.Opening opening =
                TaskGroup.in(owner, name).deadline(deadline).closeAtDeadline().createdAt(createdAt);
        return limit == 0 ? opening.open() : opening.limit(limit).open();
    }
}
