package dev.leakproof.spring.ways;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import dev.leakproof.StopMode;
import dev.leakproof.failure.FailureMode;
import dev.leakproof.failure.JavaProcess;
import dev.leakproof.spring.context.TreeLifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** How the JVM of an application ends: by a signal, by an exit, or not at all. */
@Tag("slow") // each starts a JVM
class ProcessEndTest {

    private static JavaProcess.Builder application(Class<?> source) {
        return application(source, "60s");
    }

    private static JavaProcess.Builder application(Class<?> source, String timeout) {
        return JavaProcess.of(source)
                .arguments(
                        "--spring.main.web-application-type=none",
                        "--spring.main.banner-mode=off",
                        "--leakproof.shutdown.timeout=" + timeout);
    }

    private static String stopLines(JavaProcess process) {
        return String.join(
                "\n",
                process.output()
                        .lines()
                        .filter(line -> line.contains(" leaked in "))
                        .toList());
    }

    /** Begins a unit of work, and finishes it once it is given a line, if told to stop meanwhile. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Finishing {
        public static void main(String[] args) {
            SpringApplication.run(Finishing.class, args);
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").stopMode(StopMode.FINISH).run(ctx -> {
                ctx.onStop(() -> System.out.println("told to stop"));
                System.out.println("unit begun");
                System.in.read();
                System.out.println("unit finished");
            });
        }
    }

    @Test
    void aSecondSigtermChangesNothing() throws Exception {
        try (JavaProcess process = application(Finishing.class).start()) {
            process.awaitOutput("unit begun");
            process.signal("TERM");
            process.awaitOutput("told to stop");
            process.signal("TERM");
            process.send("finish");
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(143);
            FailureMode.of("SIGTERM comes twice").assertSeenIn(process.output());
            assertThat(stopLines(process)).hasLineCount(1);
        }
    }

    @Test
    void sigintStopsAsSigtermDoes() throws Exception {
        try (JavaProcess process = application(Finishing.class)
                // A shell gives its background jobs an ignored SIGINT, and they hand it on.
                .wrapper("env", "--default-signal=INT")
                .start()) {
            process.awaitOutput("unit begun");
            process.signal("INT");
            process.awaitOutput("told to stop");
            process.send("finish");
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(130);
            FailureMode.of("SIGINT").assertSeenIn(process.output());
        }
    }

    /** Goes on to start for as long as it is given no line, while its worker runs already. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Starting {
        public static void main(String[] args) {
            SpringApplication.run(Starting.class, args);
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").run(ctx -> {
                System.out.println("worker begun");
                try {
                    ctx.sleep(Duration.ofHours(1));
                } finally {
                    System.out.println("worker ended");
                }
            });
        }

        @Bean
        SmartLifecycle slow() {
            return new Late(() -> {
                System.out.println("still starting");
                System.in.read();
                System.out.println("started at last");
            });
        }
    }

    interface Action {
        void run() throws IOException;
    }

    /** Starts after the workers. */
    private record Late(Action onStart) implements SmartLifecycle {
        @Override
        public void start() {
            try {
                onStart.run();
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public int getPhase() {
            return TreeLifecycle.DEFAULT_START_PHASE + 1;
        }
    }

    @Test
    void sigtermWhileStartingIsHeardOnceStarted() throws Exception {
        try (JavaProcess process = application(Starting.class).start()) {
            process.awaitOutput("worker begun");
            process.awaitOutput("still starting");
            process.signal("TERM");
            process.send("go on");
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(143);
            FailureMode.of("SIGTERM while starting").assertSeenIn(process.output());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ExitingWorker {
        public static void main(String[] args) {
            SpringApplication.run(ExitingWorker.class, args);
        }

        @Bean
        ManagedWorker exiting() {
            return ManagedWorker.named("exiting").run(ctx -> {
                ctx.sleep(Duration.ofMillis(10));
                System.exit(42);
            });
        }
    }

    @Test
    void anExitFromAWorkerIsGivenUpOnInTime() throws Exception {
        try (JavaProcess process = application(ExitingWorker.class, "3s").start()) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(42);
            FailureMode.of("System.exit from a worker").assertSeenIn(process.output());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ExitingStart {
        public static void main(String[] args) {
            SpringApplication.run(ExitingStart.class, args);
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").run(ctx -> ctx.sleep(Duration.ofHours(1)));
        }

        @Bean
        SmartLifecycle exiting() {
            return new Late(() -> {
                System.out.println("exiting");
                System.exit(42);
            });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ExitingRunner {
        public static void main(String[] args) {
            SpringApplication.run(ExitingRunner.class, args);
        }

        @Bean
        ManagedWorker work() {
            return ManagedWorker.named("work").run(ctx -> ctx.sleep(Duration.ofHours(1)));
        }

        @Bean
        ApplicationRunner exiting() {
            return arguments -> System.exit(42);
        }
    }

    @Test
    void anExitWhileStartingEndsTheJvmAndOneFromARunnerTheWorkersToo() throws Exception {
        try (JavaProcess start = application(ExitingStart.class).start();
                JavaProcess runner = application(ExitingRunner.class).start()) {
            assertThat(start.awaitExit()).as(start.output()).isEqualTo(42);
            assertThat(stopLines(start)).as("what is up to Spring").isEmpty();
            assertThat(runner.awaitExit()).as(runner.output()).isEqualTo(42);
            FailureMode.of("System.exit while starting").assertSeenIn(runner.output());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ClosingWorker {
        public static void main(String[] args) throws InterruptedException {
            SpringApplication.run(ClosingWorker.class, args);
            CLOSED.await(); // nothing else keeps the JVM up once the context is closed
        }

        private static final CountDownLatch CLOSED = new CountDownLatch(1);

        /** The other worker, and the application: to close a context that still starts is another matter. */
        private final CountDownLatch started = new CountDownLatch(2);

        @EventListener(ApplicationReadyEvent.class)
        void started() {
            started.countDown();
        }

        @Bean
        ManagedWorker closing(ConfigurableApplicationContext context) {
            return ManagedWorker.named("closing").run(ctx -> {
                started.await();
                context.close();
                System.out.println(
                        "closed, interrupted " + Thread.currentThread().isInterrupted());
                CLOSED.countDown();
            });
        }

        @Bean
        ManagedWorker other() {
            return ManagedWorker.named("other").run(ctx -> {
                started.countDown();
                try {
                    ctx.sleep(Duration.ofHours(1));
                } finally {
                    System.out.println("other ended");
                }
            });
        }
    }

    @Test
    void aWorkerThatClosesTheContextIsNotWaitedFor() throws Exception {
        try (JavaProcess process = application(ClosingWorker.class).start()) {
            assertThat(process.awaitExit()).as(process.output()).isZero();
            FailureMode.of("A worker closes the context").assertSeenIn(process.output());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Leftover {
        public static void main(String[] args) {
            ConfigurableApplicationContext context = SpringApplication.run(Leftover.class, args);
            context.close();
            System.out.println("closed, and nobody is left to end this JVM");
        }

        @Bean
        Thread leftover() {
            Thread leftover = new Thread(
                    () -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException ex) {
                            // It ends then.
                        }
                    },
                    "leftover");
            leftover.start();
            return leftover;
        }
    }

    /** If it ended by itself, the exit code would be 0. */
    @Test
    void aThreadOfNobodyKeepsTheJvmUpUntilASignal() throws Exception {
        try (JavaProcess process = application(Leftover.class).start()) {
            process.awaitOutput("nobody is left");
            process.signal("TERM");
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(143);
        }
    }
}
