package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import dev.leakproof.StopMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where a tree stands among the phases of an application with a real web server. */
class WebLifecycleTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void workersRunBeforeTheServerAcceptsAndDrainAfterItsRequests(boolean virtual) throws Exception {
        Application application;
        CompletableFuture<String> answer;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .properties("server.port=0", "spring.main.banner-mode=off", "spring.threads.virtual.enabled=" + virtual)
                .run()) {
            application = context.getBean(Application.class);
            application.port =
                    ((WebServerApplicationContext) context).getWebServer().getPort();
            answer = HttpClient.newHttpClient()
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + application.port + "/slow"))
                                    .build(),
                            BodyHandlers.ofString())
                    .thenApply(response -> response.body());
            assertThat(application.requested.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("answer");
        assertThat(application.events)
                .containsExactly(
                        "worker started",
                        "server accepts",
                        "context closing",
                        "request answered",
                        "worker told to stop",
                        "server refuses",
                        "worker ended",
                        "data source closed");
        assertThat(application.workerGroup.equals("VirtualThreads"))
                .isEqualTo(virtual && JRE.currentVersionNumber() >= 21);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Application {

        private final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch requested = new CountDownLatch(1);
        private final CountDownLatch closing = new CountDownLatch(1);
        private volatile int port;
        private volatile String workerGroup;

        @Bean
        DisposableBean dataSource() {
            return () -> events.add("data source closed");
        }

        @Bean
        ManagedWorker loop() {
            CountDownLatch stopping = new CountDownLatch(1);
            return ManagedWorker.named("loop")
                    .stopMode(StopMode.FINISH)
                    .awaitReady(Duration.ofSeconds(60))
                    .run(ctx -> {
                        workerGroup = Thread.currentThread().getThreadGroup().getName();
                        events.add("worker started");
                        ctx.ready();
                        ctx.onStop(stopping::countDown);
                        stopping.await();
                        events.add("worker told to stop");
                        events.add(connects() ? "server accepts" : "server refuses");
                        events.add("worker ended");
                    });
        }

        private boolean connects() {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("localhost", port), 1000);
                return true;
            } catch (IOException refused) {
                return false;
            }
        }

        @EventListener
        void accepts(WebServerInitializedEvent event) {
            events.add("server accepts");
        }

        @EventListener
        void closes(ContextClosedEvent event) {
            events.add("context closing");
            closing.countDown();
        }

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            requested.countDown();
            closing.await();
            new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
            events.add("request answered");
            return "answer";
        }
    }
}
