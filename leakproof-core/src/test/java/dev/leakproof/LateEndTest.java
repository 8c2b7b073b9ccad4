package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The end of what is given up on at that very moment. */
class LateEndTest {

    /** So many that as a rule some go wrong where the verdict is kept after it is published. */
    private static final int ROUNDS = 20_000;

    private final Logger logger = (Logger) LoggerFactory.getLogger(Owner.class);
    private final Queue<Duration> late = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void logNoLateEnd() {
        logger.setLevel(Level.WARN);
    }

    @AfterEach
    void logAsBefore() {
        logger.setLevel(null);
    }

    @Test
    void endThatComesWithTheVerdictIsHardlyLate() throws Exception {
        Owner app = Owner.named("app").build();
        ManagedWorker worker = app.attach(ManagedWorker.named("w").run(ctx -> {}));
        app.addListener(new TreeListener() {
            @Override
            public void endedLate(NodeSnapshot node, Duration after) {
                late.add(after);
            }
        });
        Incarnation above = new Incarnation(app, null, app.ownTree());
        Incarnation[] lives = new Incarnation[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            above.hold();
            lives[i] = new Incarnation(worker, above, app.ownTree());
        }
        long begun = System.nanoTime();
        AtomicInteger arrived = new AtomicInteger();
        Thread ender = new Thread(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                meet(arrived, i);
                for (int spin = i % 64; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                lives[i].releaseSelf();
            }
        });
        ender.start();
        for (int i = 0; i < ROUNDS; i++) {
            meet(arrived, i);
            lives[i].giveUp(null);
        }
        ender.join();
        Duration all = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(late).allMatch(after -> after.compareTo(all) <= 0);
    }

    private static void meet(AtomicInteger arrived, int round) {
        arrived.incrementAndGet();
        for (int spins = 0; arrived.get() < 2 * (round + 1); spins++) {
            if (spins < 10_000) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // the other has no processor
            }
        }
    }
}
