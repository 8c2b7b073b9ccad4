package dev.leakproof.spring.context;

import static dev.leakproof.spring.context.TestContexts.root;
import static dev.leakproof.spring.context.TestContexts.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Escalation;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import dev.leakproof.failure.FailureMode;
import dev.leakproof.failure.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class CloseApplicationTest {

    private static final Duration SOON = Duration.ofSeconds(30); // a few milliseconds on an idle machine

    @Test
    void theContextIsClosedAndTheCauseIsNamed(CapturedOutput output) {
        runner().withBean("fatal", ManagedWorker.class, CloseApplicationTest::fatal)
                .run(context -> {
                    Owner root = root(context);
                    await().atMost(SOON).until(() -> root.state().isTerminal());
                });
        assertThat(output)
                .contains("Closing the application, for worker 'app/fatal' has failed for good:"
                        + " java.lang.IllegalStateException: on purpose");
    }

    @Test
    void anApplicationMayCloseItselfInItsOwnWay() throws Exception {
        CompletableFuture<NodeSnapshot> culprit = new CompletableFuture<>();
        runner().withBean("fatal", ManagedWorker.class, CloseApplicationTest::fatal)
                .withBean(ApplicationCloser.class, () -> culprit::complete)
                .run(context -> {
                    assertThat(culprit.get(30, TimeUnit.SECONDS).path()).isEqualTo("app/fatal");
                    assertThat(context.getSourceApplicationContext().isActive()).isTrue();
                });
    }

    @Test
    void theExitCodeIsZeroWhereNothingHasFailed() {
        runner().run(context -> {
            assertThat(context.getBeanFactory().containsSingleton("leakproofApplicationCloser"))
                    .as("what nothing asks for is not made")
                    .isFalse();
            ApplicationCloser closer = context.getBean(ApplicationCloser.class);
            assertThat(closer).isInstanceOf(ExitCodeGenerator.class);
            assertThat(SpringApplication.exit(context.getSourceApplicationContext()))
                    .isZero();
        });
    }

    @Test
    @Tag("slow") // starts a JVM
    void theJvmEndsWithAnExitCode() throws Exception {
        assertThat(exitCodeOf(Fatal.class)).isEqualTo(1);
    }

    @Test
    @Tag("slow") // starts a JVM
    void theExitCodeMayBeTheApplications() throws Exception {
        assertThat(exitCodeOf(FatalWithCode.class)).isEqualTo(42);
    }

    private static int exitCodeOf(Class<?> application) throws IOException, InterruptedException {
        try (JavaProcess process = JavaProcess.of(application).start()) {
            int code = process.awaitExit();
            FailureMode.of("A worker that nothing works without").assertSeenIn(process.output());
            return code;
        }
    }

    private static ManagedWorker fatal() {
        return ManagedWorker.named("fatal")
                .restart(RestartPolicy.onFailure()
                        .intensity(0, Duration.ofMinutes(1))
                        .escalation(Escalation.CLOSE_APPLICATION))
                .run(ctx -> {
                    throw new IllegalStateException("on purpose");
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Fatal {

        public static void main(String[] args) {
            SpringApplication.run(Fatal.class, "--spring.main.web-application-type=none");
        }

        @Bean
        ManagedWorker fatalWorker() {
            return fatal();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class FatalWithCode {

        public static void main(String[] args) {
            SpringApplication.run(FatalWithCode.class, "--spring.main.web-application-type=none");
        }

        @Bean
        ManagedWorker fatalWorker() {
            return fatal();
        }

        @Bean
        ExitCodeGenerator exitCode() {
            return () -> 42;
        }
    }
}
