package dev.leakproof.spring.web;

import dev.leakproof.ForkBody;
import dev.leakproof.ForkResult;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** A real web server whose handlers take groups and end in every way there is, and a client of it. */
final class GroupApplication implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    GroupApplication(boolean virtual, String... properties) {
        context = new SpringApplicationBuilder(Handlers.class)
                .properties(
                        "server.port=0",
                        "server.shutdown=immediate",
                        "server.tomcat.threads.max=16",
                        "spring.main.banner-mode=off",
                        "spring.threads.virtual.enabled=" + virtual,
                        "logging.level.org.apache.catalina.core=off",
                        "logging.level.org.springframework.web=off")
                .properties(properties)
                .run();
    }

    Owner root() {
        return context.getBean("leakproofRoot", Owner.class);
    }

    Handlers handlers() {
        return context.getBean(Handlers.class);
    }

    private int port() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    HttpResponse<String> get(String path) {
        return getAsync(path).join();
    }

    CompletableFuture<HttpResponse<String>> getAsync(String path) {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path))
                        .timeout(Duration.ofSeconds(60))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Asks for {@code path}, and hangs up when the first of the answer is there, or at once. */
    void abort(String path, boolean afterTheFirstByte) throws IOException {
        try (Socket socket = new Socket("localhost", port())) {
            Writer request = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.US_ASCII);
            request.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            request.flush();
            if (afterTheFirstByte) {
                socket.setSoTimeout(30_000);
                socket.getInputStream().read();
            }
            socket.setSoLinger(true, 0);
        }
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Handlers {

        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();

        /** What the handler that is asked for lets go on, if the test holds it up. */
        volatile CountDownLatch release = new CountDownLatch(0);

        @Bean
        Quotes quotes() {
            return new Quotes(this);
        }

        <T> ForkBody<T> counted(ForkBody<T> body) {
            return ctx -> {
                begun.incrementAndGet();
                try {
                    return body.call(ctx);
                } finally {
                    ended.incrementAndGet();
                }
            };
        }

        <T> ForkBody<T> untilCancelled() {
            return counted(ctx -> {
                new CountDownLatch(1).await();
                throw new AssertionError("never");
            });
        }

        ForkBody<Integer> released(int value) {
            return counted(ctx -> {
                release.await();
                return value;
            });
        }
    }

    @RestController
    static class Quotes {

        private final Handlers handlers;

        Quotes(Handlers handlers) {
            this.handlers = handlers;
        }

        @GetMapping("/join")
        List<Integer> join(TaskGroup<Integer> group) throws InterruptedException {
            for (int i = 1; i <= 3; i++) {
                group.fork(handlers.released(i));
            }
            return group.join();
        }

        @GetMapping("/left")
        String left(TaskGroup<Integer> group) {
            group.fork(handlers.untilCancelled());
            return "left running";
        }

        @GetMapping("/two")
        int two(TaskGroup<Integer> first, @RequestGroup(limit = 1) TaskGroup<Integer> second)
                throws InterruptedException {
            first.fork(handlers.released(1));
            second.fork(handlers.released(2));
            return first.race() + second.race();
        }

        @GetMapping("/fail")
        String fail(TaskGroup<Integer> group) {
            group.fork(handlers.untilCancelled());
            throw new IllegalStateException("on purpose");
        }

        @GetMapping("/fail-handled")
        String failHandled(TaskGroup<Integer> group) {
            group.fork(handlers.untilCancelled());
            throw new UnsupportedOperationException("on purpose");
        }

        @ExceptionHandler(UnsupportedOperationException.class)
        @ResponseStatus(HttpStatus.BAD_GATEWAY)
        String handle(UnsupportedOperationException e, TaskGroup<Integer> group) throws InterruptedException {
            group.fork(handlers.released(7));
            return "handled " + group.join();
        }

        @GetMapping("/hang")
        List<Integer> hang(@RequestGroup(deadline = "${test.deadline:100ms}") TaskGroup<Integer> group)
                throws InterruptedException {
            group.fork(handlers.untilCancelled());
            return group.join();
        }

        @GetMapping("/hang-for-the-default")
        List<Integer> hangForTheDefault(TaskGroup<Integer> group) throws InterruptedException {
            group.fork(handlers.untilCancelled());
            return group.join();
        }

        @GetMapping("/callable")
        Callable<List<Integer>> callable(TaskGroup<Integer> group) {
            group.fork(handlers.released(1));
            return () -> {
                group.fork(handlers.released(2));
                return group.join();
            };
        }

        @GetMapping("/callable-fail")
        Callable<String> callableFail(TaskGroup<Integer> group) {
            group.fork(handlers.untilCancelled());
            return () -> {
                throw new IllegalStateException("on purpose");
            };
        }

        @GetMapping("/deferred")
        DeferredResult<Integer> deferred(TaskGroup<Void> group) {
            DeferredResult<Integer> result = new DeferredResult<>();
            group.fork(handlers.counted(ctx -> {
                handlers.release.await();
                result.setResult(1);
                return null;
            }));
            return result;
        }

        @GetMapping("/deferred-timeout")
        DeferredResult<Integer> deferredTimeout(TaskGroup<Integer> group) {
            group.fork(handlers.untilCancelled());
            return new DeferredResult<>(50L);
        }

        @GetMapping("/future")
        CompletableFuture<Integer> future(TaskGroup<Void> group) {
            CompletableFuture<Integer> result = new CompletableFuture<>();
            group.fork(handlers.counted(ctx -> {
                result.complete(1);
                return null;
            }));
            return result;
        }

        @GetMapping("/handed-over")
        CompletableFuture<Integer> handedOver(TaskGroup<Integer> group) {
            CompletableFuture<Integer> result = new CompletableFuture<>();
            Thread other = new Thread(() -> {
                try {
                    group.fork(handlers.released(1));
                    result.complete(group.race());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
            group.handOver(other);
            other.start();
            return result;
        }

        @GetMapping("/sse")
        SseEmitter sse(TaskGroup<Void> group) {
            SseEmitter emitter = new SseEmitter();
            group.fork(handlers.counted(ctx -> {
                handlers.release.await();
                for (int i = 1; i <= 3; i++) {
                    emitter.send(i);
                }
                emitter.complete();
                return null;
            }));
            return emitter;
        }

        @GetMapping("/sse-for-ever")
        SseEmitter sseForEver(TaskGroup<Void> group) {
            SseEmitter emitter = new SseEmitter(0L);
            group.fork(handlers.counted(ctx -> {
                while (ctx.sleep(Duration.ofMillis(2))) {
                    emitter.send("tick");
                }
                return null;
            }));
            return emitter;
        }

        @GetMapping("/stream")
        StreamingResponseBody stream(TaskGroup<Integer> group) {
            group.fork(handlers.released(1));
            group.fork(handlers.released(1));
            return out -> {
                try {
                    Optional<ForkResult<Integer>> next = group.next();
                    while (next.isPresent()) {
                        out.write(("got " + next.get().value() + "\n").getBytes(StandardCharsets.UTF_8));
                        next = group.next();
                    }
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            };
        }
    }
}
