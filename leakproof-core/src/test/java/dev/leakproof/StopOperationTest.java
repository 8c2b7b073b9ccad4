package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StopOperationTest {

    private final Owner app = Owner.named("app").build();
    private final StopOperation operation = new StopOperation(app, System.nanoTime(), Duration.ofHours(1));

    private StopEntry entry() {
        return new StopEntry(new Incarnation(app, null, app.ownTree()), 0, TimeUnit.HOURS.toNanos(1));
    }

    /** One that is added late may have ended by then, and the rest with it: nobody else says that all is over. */
    @Test
    void addingWhatHasEndedMeanwhileWakesWhoWaits() throws Exception {
        StopEntry first = entry();
        StopEntry late = entry();
        operation.add(first);
        Thread waiter = new Thread(() -> {
            while (!operation.isDone()) {
                LockSupport.park(operation);
            }
        });
        operation.enter(waiter);
        waiter.start();
        Thread adder = new Thread(() -> operation.add(late));
        synchronized (late) {
            adder.start();
            await().until(() -> adder.getState() == Thread.State.BLOCKED);
            late.ended();
            first.ended();
            await().until(() -> waiter.getState() == Thread.State.WAITING);
        }
        adder.join();
        waiter.join(TimeUnit.SECONDS.toMillis(10));
        boolean woken = !waiter.isAlive();
        LockSupport.unpark(waiter);
        assertThat(woken).isTrue();
    }

    /** What leaked in an earlier stop is in the report of each later one, but does not keep those. */
    @Test
    void whatWasResolvedBeforeIsPartOfItOnceAndKnowsNothingOfIt() {
        StopEntry resolved = entry();
        resolved.leaked(null);
        operation.add(resolved);
        operation.add(resolved);
        assertThat(operation.entries()).containsExactly(resolved);
        assertThat(operation.isDone()).isTrue();
        assertThat(resolved.isPartOf(operation)).isFalse();
    }

    @Test
    void whatIsAddedTwiceIsPartOfItOnce() {
        StopEntry entry = entry();
        operation.add(entry);
        operation.add(entry);
        assertThat(operation.entries()).containsExactly(entry);
        entry.ended();
        assertThat(operation.isDone()).isTrue();
    }
}
