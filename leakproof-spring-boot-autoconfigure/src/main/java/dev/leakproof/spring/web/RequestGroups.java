package dev.leakproof.spring.web;

import dev.leakproof.TaskGroup;
import jakarta.servlet.ServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

/**
 * The groups that the handler of one request was given. When the request goes on asynchronously, whichever thread comes
 * next becomes their owner; when it completes, whichever way, they are closed.
 *
 * <p>Two tell of the end, in no certain order: the dispatch that wrote the answer, and the container, whatever became of
 * an asynchronous request. The first closes, the other finds nothing left. The monitor guards the list.
 */
final class RequestGroups implements CallableProcessingInterceptor, DeferredResultProcessingInterceptor {

    private static final String ATTRIBUTE = RequestGroups.class.getName();

    private final List<TaskGroup<?>> open = new ArrayList<>(1);
    private boolean closed;

    /** How many dispatches are in progress, one inside the other. Only ever touched by the thread of the innermost. */
    private int depth;

    /** A dispatch of {@code request} to a handler begins: the first, one after an asynchronous result, or a nested one. */
    static void enter(ServletRequest request) {
        RequestGroups groups = of(request);
        if (groups == null || groups.isClosed()) {
            groups = new RequestGroups();
            request.setAttribute(ATTRIBUTE, groups);
        }
        groups.depth++;
    }

    /** A dispatch has ended; {@code goesOn} says whether there will be another. */
    static void leave(ServletRequest request, boolean goesOn) {
        RequestGroups groups = of(request);
        if (groups != null && --groups.depth <= 0 && !goesOn) {
            groups.close();
        }
    }

    /** Returns those of {@code request}, or null outside of a dispatch to a handler. */
    static @Nullable RequestGroups of(ServletRequest request) {
        return (RequestGroups) request.getAttribute(ATTRIBUTE);
    }

    /** Takes over {@code group}, which is closed at once if the request has completed. */
    void add(TaskGroup<?> group, NativeWebRequest request) {
        if (!keep(group)) {
            group.close();
            return;
        }
        WebAsyncManager async = WebAsyncUtils.getAsyncManager(request);
        async.registerCallableInterceptor(this, this);
        async.registerDeferredResultInterceptor(this, this);
    }

    private synchronized boolean keep(TaskGroup<?> group) {
        return !closed && open.add(group);
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void close() {
        for (TaskGroup<?> group : take()) {
            group.close();
        }
    }

    private synchronized List<TaskGroup<?>> take() {
        List<TaskGroup<?>> taken = List.copyOf(open);
        open.clear();
        closed = true;
        return taken;
    }

    private synchronized List<TaskGroup<?>> list() {
        return List.copyOf(open);
    }

    private void handOver() {
        for (TaskGroup<?> group : list()) {
            try {
                group.handOverToNext();
            } catch (IllegalStateException ex) {
                // The handler has done so itself.
            }
        }
    }

    // Asynchronous requests; a stream is one of the two as well

    @Override
    public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
        handOver();
    }

    @Override
    public <T> void beforeConcurrentHandling(NativeWebRequest request, DeferredResult<T> result) {
        handOver();
    }

    @Override
    public <T> void afterCompletion(NativeWebRequest request, Callable<T> task) {
        close();
    }

    @Override
    public <T> void afterCompletion(NativeWebRequest request, DeferredResult<T> result) {
        close();
    }
}
