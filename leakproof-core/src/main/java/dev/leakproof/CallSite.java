package dev.leakproof;

import java.lang.StackWalker.StackFrame;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A line of code that builds a node or opens a group. To find it costs half a microsecond, to print it as much again. */
final class CallSite {

    private static final StackWalker WALKER =
            StackWalker.getInstance(Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE), 4);

    private final @Nullable StackFrame frame;

    private CallSite(@Nullable StackFrame frame) {
        this.frame = frame;
    }

    /** Returns the innermost line that is not of a node or its builder, printed; many nodes share one. */
    static String current() {
        return find(CallSite::buildsNode).toString().intern();
    }

    /** Returns the innermost line that is not of a group. */
    static CallSite ofGroup() {
        return find(type -> type == TaskGroup.class || type == TaskGroup.Opening.class || type == OpeningLines.class);
    }

    private static CallSite find(Predicate<Class<?>> isOurs) {
        return new CallSite(WALKER.walk(frames -> frames.filter(frame -> {
                    Class<?> type = frame.getDeclaringClass();
                    return type != CallSite.class && !isOurs.test(type);
                })
                .findFirst()
                .orElse(null)));
    }

    private static boolean buildsNode(Class<?> type) {
        Class<?> host = type.getNestHost();
        return Node.class.isAssignableFrom(host) || Managed.class.isAssignableFrom(host);
    }

    boolean isSameAs(CallSite other) {
        StackFrame mine = frame;
        StackFrame its = other.frame;
        return mine != null
                && its != null
                && mine.getDeclaringClass() == its.getDeclaringClass()
                && mine.getMethodName().equals(its.getMethodName())
                && mine.getByteCodeIndex() == its.getByteCodeIndex();
    }

    @Override
    public String toString() {
        return frame == null ? "unknown" : frame.toStackTraceElement().toString();
    }
}
