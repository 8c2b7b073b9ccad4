package dev.leakproof;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what nobody announces: asks again and again, ever more rarely. */
final class Polling {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private Polling() {}

    /** See {@link WorkerContext#await}. */
    static boolean await(WorkerContext ctx, BooleanSupplier condition, Duration timeout) throws InterruptedException {
        long begun = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        // A sleep of no time at all tells whether it is to stop.
        while (ctx.sleep(Duration.ZERO)) {
            if (condition.getAsBoolean()) {
                return true;
            }
            Duration left = timeout.minusNanos(System.nanoTime() - begun);
            if (left.isZero() || left.isNegative()) {
                return false;
            }
            ctx.sleep(left.compareTo(pause) < 0 ? left : pause);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
        return false;
    }
}
