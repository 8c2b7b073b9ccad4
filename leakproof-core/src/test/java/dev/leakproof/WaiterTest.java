package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WaiterTest {

    @Test
    void aPlatformThreadParksAtOnce() {
        assertThat(new Waiter(2, false).gaveWay(0)).isFalse();
    }

    @Test
    void aVirtualOneGivesWayOnceForEachLookThatFindsMoreEnded() throws Exception {
        List<Boolean> gaveWay = onVirtualThread(
                waiter -> Stream.of(0, 1, 1, 3).map(waiter::gaveWay).toList());

        assertThat(gaveWay).containsExactly(true, true, false, true);
    }

    @Test
    void oneThatWaitsForLongParks() throws Exception {
        int times = onVirtualThread(waiter -> {
            int ended = 0;
            while (ended < 2 * Waiter.MOST && waiter.gaveWay(ended)) {
                ended++;
            }
            return ended;
        });

        assertThat(times).isEqualTo(Waiter.MOST);
    }

    private static <R> R onVirtualThread(Function<Waiter, R> look) throws Exception {
        assumeTrue(VirtualThreads.areAvailable());
        FutureTask<R> task = new FutureTask<>(() -> look.apply(new Waiter(100, false)));
        Objects.requireNonNull(VirtualThreads.unstarted(task)).start();
        return task.get();
    }
}
