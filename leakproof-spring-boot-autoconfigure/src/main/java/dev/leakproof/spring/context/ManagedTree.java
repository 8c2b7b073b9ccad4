package dev.leakproof.spring.context;

import dev.leakproof.Owner;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * The tree of one context, as its lifecycle starts and stops it. It may be started again after a stop.
 *
 * <p>A stop blocks its caller until all has ended or the deadline has passed, whichever is first.
 */
public final class ManagedTree implements ApplicationListener<ContextClosedEvent> {

    private static final Logger log = LoggerFactory.getLogger(ManagedTree.class);

    private final ApplicationContext context;
    private final Owner root;
    private final ManagedBeans beans;
    private final @Nullable KeepAlive keepAlive;
    private final WorkerEventPublisher events;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile long closedNanos;
    private volatile boolean closed;

    /** Creates the tree below {@code root}, whose stop timeout is that of the whole. */
    public ManagedTree(ApplicationContext context, Owner root, ManagedBeans beans, @Nullable KeepAlive keepAlive) {
        this.context = context;
        this.root = root;
        this.beans = beans;
        this.keepAlive = keepAlive;
        this.events = new WorkerEventPublisher(context);
        root.addListener(events);
    }

    /** Starts everything; if that fails, stops what had started and fails. */
    void start() {
        started.set(true);
        try {
            beans.open(root);
            root.start();
            if (keepAlive != null) {
                keepAlive.begin();
            }
        } catch (RuntimeException | Error ex) {
            stop();
            throw ex;
        }
    }

    /** Stops everything within the root's stop timeout; does nothing if that was done already. */
    void stop() {
        if (!started.compareAndSet(true, false)) {
            return;
        }
        if (closed) {
            log.info(
                    "{}: stopping within {}, {} after the context began to close",
                    root.path(),
                    print(root.stopTimeout()),
                    print(Duration.ofNanos(System.nanoTime() - closedNanos)));
        }
        try {
            root.stop(); // which logs what became of it
        } finally {
            if (keepAlive != null) {
                keepAlive.end();
            }
            if (closed) {
                events.end();
            }
        }
    }

    private static String print(Duration duration) {
        return DurationFormatterUtils.print(duration.truncatedTo(ChronoUnit.MILLIS), DurationFormat.Style.COMPOSITE);
    }

    /** Remembers when the whole application began to close. A child context's event comes here too. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() == context) {
            closedNanos = System.nanoTime();
            closed = true;
        }
    }
}
