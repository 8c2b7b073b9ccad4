package dev.leakproof.spring.census;

import java.util.List;
import java.util.Optional;

/** What a stack says. */
final class Frames {

    private static final String POOL = "java.util.concurrent.ThreadPoolExecutor";

    private Frames() {}

    /** Returns the outermost frame that is not the JDK's: whoever has its code run by the thread. */
    static Optional<StackTraceElement> entry(List<StackTraceElement> stack) {
        return stack.stream().filter(Frames::isTelling).reduce((inner, outer) -> outer);
    }

    /** Returns the innermost frame that is not the JDK's: the line that waits, spins or blocks. */
    static Optional<StackTraceElement> line(List<StackTraceElement> stack) {
        return stack.stream().filter(Frames::isTelling).findFirst();
    }

    /** The class of a lambda is made at run time; what it does is the next frame. */
    private static boolean isTelling(StackTraceElement frame) {
        return !isJdk(frame) && !frame.getClassName().contains("$$Lambda");
    }

    /** Whether the thread is a pool's, at work or not. */
    static boolean runPooled(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals(POOL + "$Worker"));
    }

    /** Whether it is a pool's and waits for work. */
    static boolean isIdlePooled(List<StackTraceElement> stack) {
        return stack.stream().allMatch(Frames::isJdk)
                && stack.stream()
                        .anyMatch(frame -> (frame.getClassName().equals(POOL)
                                        && frame.getMethodName().equals("getTask"))
                                || (frame.getClassName().equals("java.util.concurrent.ForkJoinPool")
                                        && frame.getMethodName().equals("awaitWork")));
    }

    private static boolean isJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }
}
