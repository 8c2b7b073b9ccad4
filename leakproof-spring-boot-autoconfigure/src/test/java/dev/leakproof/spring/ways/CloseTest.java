package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.assertAllStopped;
import static dev.leakproof.spring.ways.Applications.root;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import dev.leakproof.failure.FailureMode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A context is closed more often than once, or by a thread in a bad state. */
@ExtendWith(OutputCaptureExtension.class)
class CloseTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Draining {

        final List<String> events = new CopyOnWriteArrayList<>();
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch told = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);

        @Bean
        ManagedWorker work(DisposableBean dataSource) {
            return ManagedWorker.named("work").stopMode(StopMode.FINISH).run(ctx -> {
                ctx.onStop(told::countDown);
                begun.countDown();
                mayEnd.await();
                events.add("worker ended");
            });
        }

        @Bean
        DisposableBean dataSource() {
            return () -> events.add("data source closed");
        }
    }

    private final ConfigurableApplicationContext context =
            application(WebApplicationType.NONE, Draining.class).run();
    private final Draining application = context.getBean(Draining.class);

    @Test
    void manyClosesAreOneStop(CapturedOutput output) throws Exception {
        Owner root = root(context);
        application.begun.await();
        List<CompletableFuture<Void>> closes = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.runAsync(context::close, task -> new Thread(task).start()))
                .toList();
        application.told.await();
        application.mayEnd.countDown();
        for (CompletableFuture<Void> close : closes) {
            close.get(60, TimeUnit.SECONDS);
        }
        context.close();
        root.close();
        assertAllStopped(root);
        assertThat(application.events).containsExactly("worker ended", "data source closed");
        assertThat(output.toString().lines().filter(line -> line.contains(" leaked in ")))
                .hasSize(1);
        FailureMode.of("A context is closed many times").assertSeenIn(output.toString());
    }

    @Test
    void oneThatIsInterruptedMeanwhileDrainsAllTheSameAndKeepsTheFlag() throws Exception {
        application.begun.await();
        Thread closer = Thread.currentThread();
        CompletableFuture<Void> interrupter = CompletableFuture.runAsync(() -> {
            try {
                application.told.await();
                closer.interrupt();
                await().pollInSameThread().until(() -> !closer.isInterrupted()); // cleared, to wait on
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            } finally {
                application.mayEnd.countDown();
            }
        });
        context.close();
        assertThat(Thread.interrupted()).isTrue();
        interrupter.get(60, TimeUnit.SECONDS);
        assertThat(application.events).containsExactly("worker ended", "data source closed");
    }

    /** Not ours to mend: should Spring do so, this fails, and the page has a sentence less. */
    @Test
    void springIgnoresACloseOnAnInterruptedThread() throws Exception {
        application.begun.await();
        application.mayEnd.countDown();
        Thread.currentThread().interrupt();
        context.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(context.isActive()).isTrue();
        context.close();
        assertThat(application.events).containsExactly("worker ended", "data source closed");
    }
}
