package dev.leakproof;

import java.lang.StackWalker.StackFrame;

/** Finds the line of code that builds a node. */
final class CallSite {

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private CallSite() {}

    /** Returns the innermost frame that is not of a node, a group, or what builds one. */
    static String current() {
        return WALKER.walk(frames -> frames.filter(frame -> !isOurs(frame.getDeclaringClass()))
                .findFirst()
                .map(StackFrame::toStackTraceElement)
                .map(StackTraceElement::toString)
                .orElse("unknown"));
    }

    private static boolean isOurs(Class<?> type) {
        Class<?> host = type.getNestHost();
        return host == CallSite.class
                || Node.class.isAssignableFrom(host)
                || Managed.class.isAssignableFrom(host)
                || host == TaskGroup.class;
    }
}
