package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import java.util.List;
import java.util.Optional;

/**
 * How a thread of some kind is ended.
 *
 * @param mark a class name, or how it begins: that of the thread, of a frame, or of what holds a virtual thread
 * @param advice what to do
 */
record Remedy(String mark, String advice) {

    /** More special ones first. */
    private static final List<Remedy> KNOWN = List.of(
            new Remedy("java.util.TimerThread", "a java.util.Timer runs it: cancel() that"),
            new Remedy(
                    "jdk.internal.net.http.HttpClientImpl$SelectorManager",
                    "an HttpClient runs it: close() that (from JDK 21 on), or let go of it"),
            new Remedy("sun.nio.fs.", "a WatchService runs it: close() that"),
            new Remedy("sun.net.httpserver.ServerImpl", "a com.sun.net.httpserver.HttpServer runs it: stop(0) that"),
            new Remedy(
                    "sun.nio.ch.AsynchronousChannelGroupImpl",
                    "an AsynchronousChannelGroup runs it: shutdownNow() that"),
            new Remedy("sun.nio.ch.EPollPort", "an AsynchronousChannelGroup runs it: shutdownNow() that"),
            new Remedy("sun.nio.ch.KQueuePort", "an AsynchronousChannelGroup runs it: shutdownNow() that"),
            new Remedy(
                    "java.util.concurrent.ScheduledThreadPoolExecutor",
                    "a scheduled executor runs it: shutdownNow() that, and awaitTermination()"),
            new Remedy(
                    "java.util.concurrent.ThreadPoolExecutor",
                    "an executor runs it: shutdown() that, and awaitTermination(), or close() it (from JDK 19 on)"),
            new Remedy(
                    "java.util.concurrent.ThreadPerTaskExecutor",
                    "an executor runs it, of one thread for each task: close() that"),
            new Remedy(
                    "java.util.concurrent.CompletableFuture$Async",
                    "an asynchronous stage of a CompletableFuture runs on it: what that does has to end"),
            new Remedy("java.util.concurrent.StructuredTaskScope", "a task scope runs it: close() that"),
            new Remedy("java.util.concurrent.ForkJoinWorkerThread", "a ForkJoinPool runs it: shutdown() that"));

    static Optional<String> of(LiveThread live) {
        if (live.ownership() == Ownership.OWN) {
            String root = String.valueOf(live.owner()).split("/", 2)[0];
            return Optional.of("close the Owner '" + root + "', or stop '" + live.owner() + "'");
        }
        if (live.thread() != null && CommonPool.owns(live.thread())) {
            return Optional.of(
                    "its thread stays, its task has to end: complete or cancel what the common pool was given");
        }
        return KNOWN.stream()
                .filter(remedy -> remedy.fits(live))
                .map(Remedy::advice)
                .findFirst();
    }

    private boolean fits(LiveThread live) {
        return live.type().startsWith(mark)
                || (live.container() != null && live.container().startsWith(mark))
                || live.stack().stream().anyMatch(frame -> frame.getClassName().startsWith(mark));
    }
}
