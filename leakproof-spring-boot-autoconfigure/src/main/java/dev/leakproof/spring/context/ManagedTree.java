package dev.leakproof.spring.context;

import dev.leakproof.Owner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * The tree of one context, as its lifecycle starts and stops it. It may be started again after a stop.
 *
 * <p>A stop blocks its caller until all has ended or the deadline has passed, whichever is first. The deadline is the
 * root's stop timeout from the beginning of the stop, or earlier where the pod's grace period has been spent on what came
 * before.
 */
public final class ManagedTree implements ApplicationListener<ContextClosedEvent> {

    private static final Logger log = LoggerFactory.getLogger(ManagedTree.class);

    /** Where nothing is left: cancelled and interrupted at once, with the verdict a margin later. */
    private static final Duration NOTHING = Duration.ofMillis(1);

    private final ApplicationContext context;
    private final Owner root;
    private final ManagedBeans beans;
    private final GracePeriod grace;
    private final int drainPhase;
    private final @Nullable KeepAlive keepAlive;
    private final WorkerEventPublisher events;
    private final List<Runnable> beforeLastStop = new CopyOnWriteArrayList<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile @Nullable ShutdownBudget budget;
    private volatile long closedNanos;
    private volatile boolean closed;

    /**
     * Creates the tree below {@code root}, whose stop timeout is that of the whole.
     *
     * @param grace what the pod's end leaves to it
     * @param drainPhase the phase in which it will be stopped
     */
    public ManagedTree(
            ApplicationContext context,
            Owner root,
            ManagedBeans beans,
            GracePeriod grace,
            int drainPhase,
            @Nullable KeepAlive keepAlive) {
        this.context = context;
        this.root = root;
        this.beans = beans;
        this.grace = grace;
        this.drainPhase = drainPhase;
        this.keepAlive = keepAlive;
        this.events = new WorkerEventPublisher(context);
        root.addListener(events);
    }

    /** Returns the root of the tree. */
    public Owner root() {
        return root;
    }

    /** Returns what a shutdown may take; null before the tree was first started. Never blocks. */
    public @Nullable ShutdownBudget budget() {
        return budget;
    }

    /** Whether the application is shutting down, or the tree has been stopped with its context. Never blocks. */
    public boolean isClosing() {
        return closed || !started.get();
    }

    /** Has {@code action} run as the stop begins that comes with the end of the context. It must neither block nor throw. */
    public void beforeLastStop(Runnable action) {
        beforeLastStop.add(action);
    }

    /** Starts everything; if that fails, stops what had started and fails. */
    void start() {
        started.set(true);
        try {
            beans.open(root);
            beans.earlyStops().open(drainPhase, this::withinGrace);
            if (budget == null) {
                budget = checked(new ShutdownBudget(
                        grace,
                        beans.earlyStops().longest(),
                        WebDrain.of(context, context.getEnvironment()),
                        root.stopTimeout()));
            }
            root.start();
            if (keepAlive != null) {
                keepAlive.begin();
            }
        } catch (RuntimeException | Error ex) {
            stop();
            throw ex;
        }
    }

    private static ShutdownBudget checked(ShutdownBudget budget) {
        if (budget.isChecked()) {
            if (budget.fits()) {
                log.info("A shutdown fits into the pod's grace period: {}", budget.arithmetic());
            } else if (budget.grace().onOverrun() == OnOverrun.FAIL) {
                throw new ShutdownOverrunException(budget);
            } else {
                log.warn("A shutdown can take longer than the pod gets: {}. {}", budget.arithmetic(), budget.advice());
            }
        }
        return budget;
    }

    /** Stops everything within the deadline; does nothing if that was done already. */
    void stop() {
        if (!started.compareAndSet(true, false)) {
            return;
        }
        Duration timeout = withinGrace(root.stopTimeout());
        if (closed) {
            log.info(
                    "{}: stopping within {}{}, {} after the context began to close",
                    root.path(),
                    Printed.of(timeout),
                    timeout.equals(root.stopTimeout())
                            ? ""
                            : " instead of " + Printed.of(root.stopTimeout())
                                    + ", as no more is left of the pod's grace period",
                    Printed.of(sinceClosed()));
            beforeLastStop.forEach(Runnable::run);
        }
        try {
            root.stop(timeout); // which logs what became of it
        } finally {
            if (keepAlive != null) {
                keepAlive.end();
            }
            if (closed) {
                events.end();
            }
        }
    }

    /** Shortens {@code timeout} to what is left of the grace period, where that is known and the context is closing. */
    private Duration withinGrace(Duration timeout) {
        Duration allowed = grace.untilDeadline();
        if (allowed == null || !closed) {
            return timeout;
        }
        Duration left = allowed.minus(sinceClosed());
        if (left.compareTo(timeout) >= 0) {
            return timeout;
        }
        return left.compareTo(NOTHING) > 0 ? left : NOTHING;
    }

    private Duration sinceClosed() {
        return Duration.ofNanos(System.nanoTime() - closedNanos);
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
