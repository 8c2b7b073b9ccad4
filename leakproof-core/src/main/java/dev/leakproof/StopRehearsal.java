package dev.leakproof;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stop gone through beforehand, in a small tree of its own. The stop of an application is the first that its JVM runs:
 * without this it would load its classes, a third of a millisecond each, while the pod's grace period runs, and from a
 * jar that may have been replaced by then.
 */
final class StopRehearsal implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final AtomicBoolean CLAIMED = new AtomicBoolean();

    private final ThreadKind threads;

    private StopRehearsal(ThreadKind threads) {
        this.threads = threads;
    }

    /** Holds one on a thread of {@code maker}'s, unless this JVM has had it. */
    static void holdOnce(ThreadMaker maker, ThreadKind threads) {
        if (CLAIMED.getAndSet(true)) {
            return;
        }
        try {
            maker.service("leakproof-rehearsal", new StopRehearsal(threads)).start();
        } catch (Throwable e) {
            notHeld(e);
        }
    }

    @Override
    public void run() {
        Owner root = Owner.named("rehearsal").threads(threads).build();
        try {
            root.addListener(new TreeListener() {});
            root.start();
            Owner below = root.child("below");
            below.start(ManagedWorker.named("worker")
                    .awaitReady(PATIENCE)
                    .onStop(() -> {})
                    .run(ctx -> {
                        ctx.ready();
                        ctx.sleep(LONG);
                    }));
            below.start(Heartbeat.named("heartbeat").every(LONG).beat(ctx -> {}));
            below.stop(); // at the level DEBUG: only the stop of a root is for everybody to read
            var unused = NodeLog.info(log, root).setMessage("rehearsed"); // and never logged
        } catch (Throwable e) {
            notHeld(e);
        } finally {
            root.cancel();
        }
    }

    /** The next stop is as slow as the first one is. */
    private static void notHeld(Throwable cause) {
        log.debug("No stop could be rehearsed", cause);
    }
}
