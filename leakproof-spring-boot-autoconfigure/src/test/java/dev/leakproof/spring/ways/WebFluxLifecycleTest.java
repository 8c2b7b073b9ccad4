package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import dev.leakproof.StopMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The same order as with Tomcat, with a server that answers by subscriptions. */
class WebFluxLifecycleTest {

    @Test
    void workersRunBeforeTheServerAcceptsAndDrainAfterItsRequests() throws Exception {
        Application application;
        CompletableFuture<String> answer;
        try (ConfigurableApplicationContext context = application(WebApplicationType.REACTIVE, Application.class)
                .run("--management.endpoints.web.exposure.include=workers")) {
            application = context.getBean(Application.class);
            String root = "http://localhost:"
                    + ((WebServerApplicationContext) context).getWebServer().getPort();
            assertThat(get(root + "/actuator/workers")).contains("\"path\":\"app/loop\"");
            answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return get(root + "/slow");
                } catch (Exception ex) {
                    throw new IllegalStateException(ex);
                }
            });
            assertThat(application.requested.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("answer");
        assertThat(application.events)
                .containsExactly(
                        "worker started",
                        "server accepts",
                        "context closing",
                        "request answered",
                        "worker ended",
                        "data source closed");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Application {

        private final List<String> events = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch requested = new CountDownLatch(1);
        private final CountDownLatch closing = new CountDownLatch(1);

        /** Tomcat is on the class path too. */
        @Bean
        NettyReactiveWebServerFactory netty() {
            return new NettyReactiveWebServerFactory(0);
        }

        @Bean
        DisposableBean dataSource() {
            return () -> events.add("data source closed");
        }

        @Bean
        ManagedWorker loop() {
            return ManagedWorker.named("loop")
                    .stopMode(StopMode.FINISH)
                    .awaitReady(Duration.ofSeconds(30))
                    .run(ctx -> {
                        events.add("worker started");
                        ctx.ready();
                        while (ctx.sleep(Duration.ofHours(1))) {}
                        events.add("worker ended");
                    });
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
        Mono<String> slow() {
            return Mono.fromCallable(() -> {
                        requested.countDown();
                        closing.await();
                        new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
                        events.add("request answered");
                        return "answer";
                    })
                    .subscribeOn(Schedulers.boundedElastic());
        }
    }
}
