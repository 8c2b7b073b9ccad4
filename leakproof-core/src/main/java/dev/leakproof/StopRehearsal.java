package dev.leakproof;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stop gone through beforehand, in a small tree of its own. The stop of an application is the first that its JVM runs:
 * without this it would load its classes, a third of a millisecond each, while the pod's grace period runs, and from a
 * jar that may have been replaced by then.
 */
final class StopRehearsal implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    /** Nothing here is due sooner; a machine that is slow is no reason to give up on anything, and to say so. */
    private static final Duration LONG = Duration.ofHours(1);

    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    private final ThreadMaker maker;
    private final ThreadKind workers;

    private StopRehearsal(ThreadMaker maker, ThreadKind workers) {
        this.maker = maker;
        this.workers = workers;
    }

    /** Returns the thread on which one is held; null if this JVM has had it, or no thread can be had. */
    static @Nullable Thread begin(ThreadMaker maker, ThreadKind workers) {
        if (BEGUN.getAndSet(true)) {
            return null;
        }
        try {
            Thread made = maker.service("leakproof-rehearsal", new StopRehearsal(maker, workers));
            made.start();
            return made;
        } catch (Throwable e) {
            notHeld(e);
            return null;
        }
    }

    @Override
    public void run() {
        try {
            Owner root = Owner.named("rehearsal")
                    .threads(workers)
                    .threadsFrom(maker)
                    .patience(LONG)
                    .stopTimeout(LONG)
                    .restart(RestartPolicy.never())
                    .build();
            root.addListener(new TreeListener() {});
            root.start();
            List<Thread> services = root.ownTree().serviceThreads();
            try {
                rehearse(root);
            } finally {
                root.cancel();
                services.forEach(StopProtocol::awaitBriefly);
            }
        } catch (Throwable e) {
            notHeld(e);
        }
    }

    private static void rehearse(Owner root) {
        Owner below = root.child("below");
        below.start(
                ManagedWorker.named("worker").awaitReady(LONG).onStop(() -> {}).run(ctx -> {
                    ctx.ready();
                    ctx.sleep(LONG);
                }));
        below.start(Heartbeat.named("heartbeat").every(LONG).beat(ctx -> {}));
        below.stop(); // which is logged at the level DEBUG: only the stop of a root is for everybody to read
        var unused = NodeLog.info(log, root).setMessage("rehearsed"); // and never logged
    }

    /** The stop that counts is as slow as a first one is. */
    private static void notHeld(Throwable cause) {
        log.debug("No stop could be rehearsed", cause);
    }
}
