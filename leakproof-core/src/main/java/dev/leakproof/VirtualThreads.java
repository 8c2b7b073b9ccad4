package dev.leakproof;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Virtual threads, reached by reflection since this code is compiled for 17. The only reflection in the core. */
final class VirtualThreads {

    private static final @Nullable ThreadFactory FACTORY = find(true);
    private static final @Nullable ThreadFactory ALOOF = find(false);
    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

    private VirtualThreads() {}

    /** Whether this JVM has them without preview flags. */
    static boolean areAvailable() {
        return FACTORY != null;
    }

    /** Returns what makes unstarted, unnamed ones; null where they are not available. */
    static @Nullable ThreadFactory factory() {
        return FACTORY;
    }

    /** Returns an unstarted, unnamed one without its maker's inheritable thread-locals; null as above. */
    static @Nullable Thread unstarted(Runnable task) {
        return ALOOF == null ? null : ALOOF.newThread(task);
    }

    static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable e) {
            throw new AssertionError("Thread.isVirtual() throws nothing", e);
        }
    }

    private static @Nullable ThreadFactory find(boolean inheriting) {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object virtual = Thread.class.getMethod("ofVirtual").invoke(null);
            builder.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(virtual, inheriting);
            return (ThreadFactory) builder.getMethod("factory").invoke(virtual);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static @Nullable MethodHandle isVirtual() {
        if (Runtime.version().feature() < 21) {
            return null;
        }
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
