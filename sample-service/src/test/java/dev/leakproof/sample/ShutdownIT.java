package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.sample.SampleProcess.Exit;
import org.junit.jupiter.api.Test;

/** On the database that the service uses by default, which is in its process. */
class ShutdownIT extends ShutdownContract {

    @Override
    SampleProcess.Builder service() {
        return SampleProcess.in(directory);
    }

    /** The same drain as ever, on a database that closes itself by a shutdown hook of its own. */
    @Test
    void withoutDbCloseOnExitFalseTheDrainSeesTheDatabaseClosed() throws Exception {
        try (SampleProcess service = SampleProcess.in(directory)
                // Whatever is in hand is so for longer than H2 takes to notice the signal.
                .property("sample.peer.delay", "2s")
                .property("spring.datasource.url", "jdbc:h2:async:./data/orders;WRITE_DELAY=0;RETENTION_TIME=5000")
                .start()) {
            new OrderClient(service).post(200);

            Exit exit = service.terminate(EXIT_BOUND);

            assertThat(exit.code()).isEqualTo(143);
            assertThat(exit.log()).containsPattern(DATABASE_CLOSED);
        }
    }
}
