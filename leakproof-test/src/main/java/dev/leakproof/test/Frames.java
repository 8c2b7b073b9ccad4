package dev.leakproof.test;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Frames of a stack, and whose code they are. */
final class Frames {

    private Frames() {}

    static boolean isJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    /** Whether any of {@code stack} is in a method of that name of that very class. */
    static boolean isIn(Class<?> type, String method, List<StackTraceElement> stack) {
        return stack.stream()
                .anyMatch(frame -> frame.getMethodName().equals(method)
                        && frame.getClassName().equals(type.getName()));
    }

    /** Returns the outermost frame that is not the JDK's; if all are, the outermost that is more than a start. */
    static Optional<StackTraceElement> entry(List<StackTraceElement> stack) {
        return last(stack, frame -> !isJdk(frame) && !isLambda(frame)).or(() -> last(stack, frame -> !isStart(frame)));
    }

    /** Whether the thread is not yet, or no longer, in what it is there to run. */
    static boolean isStarting(List<StackTraceElement> stack) {
        return stack.stream().allMatch(frame -> isJdk(frame) && isStart(frame));
    }

    /** The class of a lambda, made at run time; what it does is the next frame. */
    private static boolean isLambda(StackTraceElement frame) {
        return frame.getClassName().contains("$$Lambda");
    }

    private static boolean isStart(StackTraceElement frame) {
        return frame.getMethodName().startsWith("run") && frame.getClassName().endsWith("Thread");
    }

    private static Optional<StackTraceElement> last(List<StackTraceElement> stack, Predicate<StackTraceElement> which) {
        return stack.stream().filter(which).reduce((inner, outer) -> outer);
    }

    /** Without class loader and version of the module, which only make the line longer. */
    static String format(StackTraceElement frame) {
        return new StackTraceElement(
                        null,
                        null,
                        null,
                        frame.getClassName(),
                        frame.getMethodName(),
                        frame.getFileName(),
                        frame.getLineNumber())
                .toString();
    }
}
