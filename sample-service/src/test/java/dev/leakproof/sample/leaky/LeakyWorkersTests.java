package dev.leakproof.sample.leaky;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import dev.leakproof.test.LeakCheck;
import dev.leakproof.test.LeakCheck.Scope;
import org.junit.jupiter.api.Test;

@LeakCheck(scope = Scope.NONE, reason = "the thread that it looks at is a leak, to be seen in the service")
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
