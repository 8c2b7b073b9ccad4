package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.node;
import static dev.leakproof.spring.context.TestContexts.paths;
import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeState;
import dev.leakproof.failure.JavaProcess;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class KeepAliveTest {

    private final ApplicationContextRunner keepingAlive = runner().withPropertyValues("leakproof.keep-alive=true");

    /** In a while, for it may still be on its last lines. */
    @BeforeEach
    @AfterEach
    void thereIsNone() {
        await().until(() -> holder().isEmpty());
    }

    @Test
    void aLiveWorkerHasAThreadThatIsNoDaemon() {
        keepingAlive
                .withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .run(context -> {
                    assertThat(holder()).get().extracting(Thread::isDaemon).isEqualTo(false);
                    assertThat(node(context, "app/leakproof/keep-alive").state())
                            .isEqualTo(NodeState.RUNNING);
                    context.stop();
                    await().until(() -> holder().isEmpty());
                    context.start();
                    assertThat(holder()).isPresent();
                });
    }

    @Test
    void itEndsWithTheLastWorkerAndComesBackWithTheNext() {
        keepingAlive.run(context -> {
            assertThat(holder()).isEmpty();
            ManagedWorker late = ManagedWorker.named("late").run(ctx -> ctx.sleep(Duration.ofHours(1)));
            root(context).start(late);
            await().until(() -> holder().isPresent());
            late.stop();
            await().until(() -> holder().isEmpty());
            late.start();
            await().until(() -> holder().isPresent());
        });
    }

    @Test
    void aCacheAloneKeepsNothingUp() {
        keepingAlive
                .withBean(
                        "quotes",
                        ManagedWorker.class,
                        () -> ManagedWorker.named("quotes")
                                .kind(NodeKind.CACHE)
                                .every(Duration.ofHours(1))
                                .run(ctx -> {}))
                .run(context -> assertThat(holder()).isEmpty());
    }

    @Test
    void thereIsNoneWhenSwitchedOff() {
        runner().run(context -> assertThat(context).doesNotHaveBean(KeepAlive.class));
    }

    @Test
    void thereIsNoneInAWebApplication() {
        new WebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LeakproofAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(KeepAlive.class));
    }

    @Test
    void itDoesNotDelayAStop() {
        keepingAlive
                .withBean(
                        "ping",
                        Heartbeat.class,
                        () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
                .run(context -> {
                    assertThat(paths(context)).contains("app/leakproof/keep-alive");
                    // One that waited for it would take until the force stage, ten seconds.
                    assertThat(root(context).stop().took()).isLessThan(Duration.ofSeconds(9));
                });
    }

    @Test
    void anApplicationWithoutAWebServerLivesAsLongAsItsWorkers() throws Exception {
        try (JavaProcess process = JavaProcess.of(Application.class).start()) {
            assertThat(process.awaitExit()).as(process.output()).isZero();
            assertThat(process.output()).containsSubsequence("main returned", "worker done", "app: ", "leaked in");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(LeakproofAutoConfiguration.class)
    static class Application {

        private static final CountDownLatch mainReturned = new CountDownLatch(1);

        public static void main(String[] args) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setWebApplicationType(org.springframework.boot.WebApplicationType.NONE);
            application.run(args);
            System.out.println("main returned");
            mainReturned.countDown();
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").run(ctx -> {
                mainReturned.await();
                ctx.sleep(Duration.ofSeconds(1));
                System.out.println("worker done");
            });
        }
    }

    private static Optional<Thread> holder() {
        return List.copyOf(Thread.getAllStackTraces().keySet()).stream()
                .filter(thread -> thread.getName().equals("leakproof-keep-alive"))
                .findFirst();
    }
}
