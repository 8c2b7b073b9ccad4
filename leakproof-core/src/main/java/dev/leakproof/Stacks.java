package dev.leakproof;

import java.util.Arrays;
import java.util.List;

/** Takes and prints stacks, innermost frame first. */
final class Stacks {

    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");

    private Stacks() {}

    static List<StackTraceElement> of(Thread thread) {
        return Arrays.asList(thread.getStackTrace());
    }

    /** Returns the innermost frame that is not the JDK's, or else the innermost. */
    static String where(List<StackTraceElement> stack) {
        return stack.stream()
                .filter(frame -> JDK.stream().noneMatch(frame.getClassName()::startsWith))
                .findFirst()
                .or(() -> stack.stream().findFirst())
                .map(Stacks::format)
                .orElse("an unknown line: no stack could be taken");
    }

    /** Without class loader and module, which only make the line longer. */
    static String format(StackTraceElement frame) {
        String source = frame.getFileName() == null ? "Unknown Source" : frame.getFileName();
        String line = frame.isNativeMethod() ? "Native Method" : source + ":" + frame.getLineNumber();
        return frame.getClassName() + "." + frame.getMethodName() + "(" + line + ")";
    }
}
