package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three workers of the packaged service do not stop; the process does. */
@Tag("slow")
class LeakyIT {

    private static final Duration BUDGET = Duration.ofSeconds(6);

    // Beyond the workers' budget there are the web server and the JVM, on a machine that may be busy.
    private static final Duration EXIT_BOUND = BUDGET.plusSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void theProcessEndsInTimeAndNamesEachStuckWorker() throws Exception {
        try (SampleProcess service = SampleProcess.in(directory)
                .property("spring.profiles.active", "leaky")
                .property("leakproof.shutdown.timeout", BUDGET.toSeconds() + "s")
                .start()) {
            OrderClient client = new OrderClient(service);
            client.post(20);
            await().atMost(Duration.ofSeconds(60)).until(() -> client.outbox().outstanding() == 0);

            SampleProcess.Exit exit = service.terminate(EXIT_BOUND);

            assertThat(exit.code()).isEqualTo(143);
            // Three leaks cost one budget, not three; what is left of the bound is for a busy machine to end a JVM.
            assertThat(exit.took()).isLessThan(BUDGET.multipliedBy(3));
            assertLeaked(service, "swallowInterrupts");
            assertLeaked(service, "waitForLock");
            assertLeaked(service, "readFromSocket");
            List<String> leaks = service.matches("LEAKED \\S+ '(\\S+)'")
                    .map(match -> match.group(1))
                    .toList();
            assertThat(leaks).as("the others have finished").hasSize(3).allMatch(path -> path.contains("leakyWorkers"));
            assertThat(service.logged("stopped, (\\d+) leaked in")).isEqualTo("3");
            System.out.println("LeakyIT: " + service.logged("(\\d+ stopped, .*)"));
        }
    }

    private static void assertLeaked(SampleProcess service, String worker) {
        String leak = service.logged("(?s)(LEAKED \\S+ 'app/leakyWorkers/" + worker + "'.*?)\\n\\d{4}-");
        assertThat(leak)
                .contains("owned by app/leakyWorkers")
                .containsPattern("age \\d")
                .containsPattern("stuck at \\S*LeakyWorkers\\." + worker + "\\(LeakyWorkers.java:\\d+\\)");
    }
}
