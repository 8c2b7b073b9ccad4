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

    /** Returns the outermost frame that is not the JDK's; if all are, the outermost that is more than a start. */
    static Optional<StackTraceElement> entry(List<StackTraceElement> stack) {
        return last(stack, frame -> !isJdk(frame)).or(() -> last(stack, frame -> !isStart(frame)));
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
