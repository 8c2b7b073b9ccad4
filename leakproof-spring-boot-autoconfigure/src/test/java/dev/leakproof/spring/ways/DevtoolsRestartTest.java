package dev.leakproof.spring.ways;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.failure.JavaProcess;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.devtools.restart.Restarter;
import org.springframework.context.ConfigurableApplicationContext;

/** Devtools close an application and run it again in the same JVM, by another class loader. */
@Tag("slow")
class DevtoolsRestartTest {

    @Test
    void aRestartHasOneTreeAndLeavesNoThreadOfTheOther() throws Exception {
        String output;
        try (JavaProcess process = JavaProcess.of(Application.class)
                .options("-Dspring.devtools.livereload.enabled=false")
                .alsoOnClassPath(System.getProperty("test.devtools.jar"))
                .start()) {
            process.awaitExit(); // which says nothing: devtools end the main thread by an exception
            output = process.output();
        }
        assertThat(output.lines().filter(line -> line.startsWith("run ")))
                .as(output)
                .containsExactly(
                        "run 1: loader RestartClassLoader, node app/allKinds/loop running, threads named so 1",
                        "run 2: loader RestartClassLoader, node app/allKinds/loop running, threads named so 1");
        assertThat(output.lines().filter(line -> line.contains(" leaked in ")))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains(" 0 leaked in "));
    }

    static final class Application {

        private static final String RUNS = "test.runs";
        private static final String LOOP = "app/allKinds/loop";

        public static void main(String[] args) {
            ConfigurableApplicationContext context = Applications.application(WebApplicationType.NONE, AllKinds.class)
                    .run(args);
            int runs = Integer.getInteger(RUNS, 0) + 1;
            System.setProperty(RUNS, Integer.toString(runs));
            // One thread is about to come to its body, and that of the run before may be on its last lines.
            Applications.eventually(() -> loop(context).state() == NodeState.RUNNING && threadsOfLoop() == 1);
            System.out.printf(
                    "run %d: loader %s, node %s %s, threads named so %d%n",
                    runs,
                    Application.class.getClassLoader().getClass().getSimpleName(),
                    LOOP,
                    loop(context).state().name().toLowerCase(Locale.ROOT),
                    threadsOfLoop());
            if (runs == 1) {
                Restarter.getInstance().restart();
            } else {
                context.close();
            }
        }

        private static NodeSnapshot loop(ConfigurableApplicationContext context) {
            return context.getBean("leakproofRoot", Owner.class).find(LOOP).orElseThrow();
        }

        private static long threadsOfLoop() {
            var threads = ManagementFactory.getThreadMXBean();
            return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                    .filter(Objects::nonNull)
                    .filter(thread -> thread.getThreadName().equals(LOOP))
                    .count();
        }
    }
}
