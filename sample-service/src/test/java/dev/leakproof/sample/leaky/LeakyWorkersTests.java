package dev.leakproof.sample.leaky;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import org.junit.jupiter.api.Test;

class LeakyWorkersTests {

    /** It stays until the end of this JVM, as it would in a service. */
    @Test
    void theThreadThatHoldsTheLockIsNobodys() throws Exception {
        LeakyWorkers workers = new LeakyWorkers();
        try {
            assertThat(ThreadCensus.knowing().platform())
                    .filteredOn(thread -> thread.name().equals("catalogue-reindex"))
                    .isNotEmpty()
                    .extracting(LiveThread::ownership)
                    .containsOnly(Ownership.UNOWNED);
        } finally {
            workers.close();
        }
    }
}
