package dev.leakproof.spring.context;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * One of the two ends of a tree's life in a context: the starter comes early among what starts, the drainer early among
 * what stops, and the phase of neither suits the other. Each stops the tree: whichever is asked first.
 *
 * <p>The tree is no bean of the lifecycle's, and neither of the two depends on the other, for Spring would stop them
 * together then.
 */
public final class TreeLifecycle implements SmartLifecycle {

    /** Starts before the web server and after what workers commonly use; stops only what the drainer has not. */
    public static final int DEFAULT_START_PHASE = Integer.MAX_VALUE / 2 + 1024;

    /**
     * Stops after the web server has finished its requests (MAX − 1024), before the management port closes (MAX − 1536)
     * and the web server stops (MAX − 2048).
     */
    public static final int DEFAULT_DRAIN_PHASE = SmartLifecycle.DEFAULT_PHASE - 1280;

    private static final Logger log = LoggerFactory.getLogger(TreeLifecycle.class);

    private final int phase;
    private final Runnable onStart;
    private final Runnable onStop;
    private volatile boolean running;

    TreeLifecycle(int phase, Runnable onStart, Runnable onStop) {
        this.phase = phase;
        this.onStart = onStart;
        this.onStop = onStop;
    }

    /** Returns what starts {@code tree} in {@code phase}, and stops it if startup fails before there is a drainer. */
    public static TreeLifecycle starter(ManagedTree tree, int phase) {
        return new TreeLifecycle(phase, tree::start, tree::stop);
    }

    /** Returns what stops {@code tree} in {@code phase}. */
    public static TreeLifecycle drainer(ManagedTree tree, int phase) {
        return new TreeLifecycle(phase, () -> {}, tree::stop);
    }

    @Override
    public void start() {
        onStart.run();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        onStop.run();
    }

    /**
     * Blocks until the stop is over, rather than calling back later: Spring can skip the wait for a callback, and bounds
     * it by a time-out of its own. Calls back exactly once.
     */
    @Override
    public void stop(Runnable callback) {
        try {
            stop();
        } catch (Throwable ex) {
            // Spring would count this bean as stopped a second time if it got to see the exception.
            log.error("The workers could not be stopped in phase {}", phase, ex);
        } finally {
            callback.run();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
