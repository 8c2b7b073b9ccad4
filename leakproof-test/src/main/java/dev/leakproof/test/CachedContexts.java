package dev.leakproof.test;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * The application contexts that a test framework keeps open from class to class. They are no leak; but before the suite
 * gate judges they are closed, so that what outlives them is.
 *
 * <p>One for the JVM, as is the cache.
 */
final class CachedContexts {

    private static final Queue<Context> OPEN = new ConcurrentLinkedQueue<>();

    private record Context(BooleanSupplier isOpen, Runnable close) {}

    private CachedContexts() {}

    static void opened(BooleanSupplier isOpen, Runnable close) {
        OPEN.add(new Context(isOpen, close));
    }

    static boolean anyOpen() {
        OPEN.removeIf(context -> !context.isOpen().getAsBoolean());
        return !OPEN.isEmpty();
    }

    static void closeAll() {
        while (anyOpen()) {
            Context context = OPEN.poll();
            if (context != null) {
                context.close().run();
            }
        }
    }
}
