package dev.leakproof.census;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The threads that the JVM and the JDK keep for themselves.
 *
 * <p>A name proves nothing, for anybody may give it. Group and class make a thread a candidate, and what it does decides:
 * it must rest or work for the JDK, with no frame of anybody else's on its stack.
 *
 * @param label what it is
 * @param looksLikeIt by group, class and, to narrow further, name; cheap
 * @param isAtRest by its stack, innermost frame first
 */
record Infrastructure(String label, Predicate<Thread> looksLikeIt, Predicate<List<StackTraceElement>> isAtRest) {

    private static final ForkJoinPool COMMON_POOL = ForkJoinPool.commonPool();

    private static final List<Infrastructure> KNOWN = List.of(
            new Infrastructure("JVM", inGroup("main").and(named("DestroyJavaVM")), List::isEmpty),
            new Infrastructure("main thread", inGroup("main").and(named("main")), Infrastructure::beganInMain),
            new Infrastructure("JDK", ofType("java.lang.ref.Reference$ReferenceHandler"), Infrastructure::isAllJdk),
            new Infrastructure("JDK", ofType("java.lang.ref.Finalizer$FinalizerThread"), Infrastructure::isAllJdk),
            // Cleaners, keep-alive of connections, pollers and unparkers of virtual threads
            new Infrastructure("JDK", ofType("jdk.internal.misc.InnocuousThread"), Infrastructure::isJdkButNoWatch),
            new Infrastructure(
                    "JDK process reaper",
                    inGroup("system").and(startingWith("process reaper")),
                    Infrastructure::isAllJdk),
            new Infrastructure("JDK remote management", inGroup("RMI Runtime"), Infrastructure::isAllJdk),
            new Infrastructure("JDK flight recorder", startingWith("JFR "), Infrastructure::isFlightRecorder),
            new Infrastructure("JDK common pool", Infrastructure::isCommonPool, stack -> !runsTask(stack)),
            new Infrastructure(
                    "JDK virtual threads", ofType("jdk.internal.misc.CarrierThread"), Infrastructure::isAllJdk),
            new Infrastructure(
                    "JDK virtual threads",
                    inGroup("CarrierThreads").and(ofType("java.util.concurrent.DelayScheduler")),
                    Infrastructure::isAllJdk),
            new Infrastructure(
                    "JDK delay scheduler",
                    named("ForkJoinPool.commonPool-delayScheduler").and(ofType("java.util.concurrent.DelayScheduler")),
                    Infrastructure::isAllJdk),
            new Infrastructure(
                    "JDK delay scheduler",
                    named("CompletableFutureDelayScheduler").and(DelayThread::isIt),
                    Infrastructure::isAllJdk),
            // Signal dispatcher, notifications, attach listener: they have no Java frames at all. Last, as it fits
            // many.
            new Infrastructure("JVM", inGroup("system"), List::isEmpty));

    /** Returns what {@code thread} may be, to be confirmed by its stack; most often null. */
    static @Nullable Infrastructure candidate(Thread thread) {
        for (Infrastructure known : KNOWN) {
            if (known.looksLikeIt.test(thread)) {
                return known;
            }
        }
        return null;
    }

    /** Whether a virtual thread with such a stack is one of those on which the JDK waits for the sockets of others. */
    static boolean isSocketPoller(List<StackTraceElement> stack) {
        return stack.stream()
                        .anyMatch(frame -> frame.getClassName().equals("sun.nio.ch.Poller")
                                && frame.getMethodName().endsWith("Loop"))
                && stack.stream()
                        .allMatch(frame -> frame.getClassName().startsWith("java.")
                                || frame.getClassName().startsWith("jdk.internal.")
                                || frame.getClassName().startsWith("sun.nio.ch."));
    }

    private static Predicate<Thread> inGroup(String name) {
        return thread -> {
            ThreadGroup group = thread.getThreadGroup();
            return group != null && group.getName().equals(name) && isNearTheTop(group);
        };
    }

    /** Anybody may make a group of that name, but below the top only who sought that on purpose. */
    private static boolean isNearTheTop(ThreadGroup group) {
        ThreadGroup above = group.getParent();
        return above == null || above.getParent() == null;
    }

    private static Predicate<Thread> ofType(String className) {
        return thread -> thread.getClass().getName().equals(className);
    }

    private static Predicate<Thread> named(String name) {
        return thread -> thread.getClass().getModule() == Object.class.getModule()
                && thread.getName().equals(name);
    }

    private static Predicate<Thread> startingWith(String prefix) {
        return thread -> thread.getClass() == Thread.class && thread.getName().startsWith(prefix);
    }

    private static boolean isCommonPool(Thread thread) {
        return thread instanceof ForkJoinWorkerThread worker && worker.getPool() == COMMON_POOL;
    }

    /** A worker that scans or waits for work has no task's frame. */
    private static boolean runsTask(List<StackTraceElement> stack) {
        return stack.stream()
                .anyMatch(frame -> frame.getClassName().equals("java.util.concurrent.ForkJoinTask")
                        && frame.getMethodName().equals("doExec"));
    }

    private static boolean isAllJdk(List<StackTraceElement> stack) {
        return stack.stream().allMatch(Infrastructure::isJdk);
    }

    /** The thread of a watch service is the JDK's by its class, but somebody has to close that service. */
    private static boolean isJdkButNoWatch(List<StackTraceElement> stack) {
        return isAllJdk(stack)
                && stack.stream().noneMatch(frame -> frame.getClassName().startsWith("sun.nio.fs."));
    }

    private static boolean isFlightRecorder(List<StackTraceElement> stack) {
        return isAllJdk(stack)
                && (stack.isEmpty() || stack.stream().anyMatch(frame -> "jdk.jfr".equals(frame.getModuleName())));
    }

    private static boolean beganInMain(List<StackTraceElement> stack) {
        return !stack.isEmpty() && stack.get(stack.size() - 1).getMethodName().equals("main");
    }

    private static boolean isJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    /** The one thread behind {@link CompletableFuture#delayedExecutor} before JDK 25, found by having it say so. */
    private static final class DelayThread {

        private static volatile @Nullable Thread known;

        static boolean isIt(Thread thread) {
            if (known == null) {
                known = ask();
            }
            return known == thread;
        }

        private static @Nullable Thread ask() {
            CompletableFuture<Thread> answer = new CompletableFuture<>();
            CompletableFuture.delayedExecutor(0, TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(() -> answer.complete(Thread.currentThread()));
            try {
                return answer.get(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
                // Held up by somebody's task, so not at rest.
                return null;
            }
        }
    }
}
