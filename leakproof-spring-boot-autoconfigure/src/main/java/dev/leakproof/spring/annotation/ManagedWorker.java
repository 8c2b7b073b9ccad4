package dev.leakproof.spring.annotation;

import dev.leakproof.Escalation;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;
import dev.leakproof.WorkerContext;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * A method of a bean that leakproof runs in the background: periodically where {@link #every}, {@link #fixedDelay} or
 * {@link #cron} says when, else once, to loop until it is told to stop.
 *
 * <p>The method takes nothing or a {@link WorkerContext} and may throw anything. It must be neither private nor static,
 * and is called through the bean's proxies. Its bean must not be a prototype. For each such method there is a bean of
 * type {@link dev.leakproof.ManagedWorker} named by the worker's id, to be had from an {@code ObjectProvider}.
 *
 * <p>Every attribute takes placeholders such as <code>${orders.relay.every:2s}</code>; those that are no strings have a
 * twin that is one, and wins. Durations are written {@code 500ms}, {@code 2s}, {@code 5m} or {@code PT2S}; a number
 * alone counts milliseconds. Empty means not set. A property <code>leakproof.workers.&lt;id&gt;.&lt;attribute&gt;</code>,
 * such as {@code leakproof.workers.order-relay.relay.stop-timeout=10s}, overrides any attribute but {@link #name}.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface ManagedWorker {

    /**
     * The worker's id, unique in its context, which names its bean, its metrics and the last part of its path. Default:
     * {@code <host>.<method>}, after the simple name of the bean's class, and {@code <method>} in the path.
     */
    String name() default "";

    /**
     * The owner, by its path below the root, such as {@code orders} or {@code orders/outbox}; made if nobody declares
     * it. Default: the simple name of the bean's class.
     */
    String owner() default "";

    /** Runs at this fixed rate. Runs never overlap: one that is late is skipped, and counted. */
    String every() default "";

    /** Runs this long after the last run ended. */
    String fixedDelay() default "";

    /**
     * Runs at the times of this {@linkplain org.springframework.scheduling.support.CronExpression cron expression};
     * {@code -} switches the worker off.
     */
    String cron() default "";

    /** The time zone of {@link #cron}, such as {@code Europe/Vienna}. Default: the JVM's. */
    String zone() default "";

    /** Waits this long before the first run. Not for {@link #cron}. */
    String initialDelay() default "";

    /** Starts each periodic run up to this much later, at random. */
    String jitter() default "";

    /** Cancels and interrupts a periodic run that takes longer, which counts as failed. */
    String timeout() default "";

    /** How many threads run the method at once; more than one only where it loops. */
    int concurrency() default 1;

    /** {@link #concurrency} as a string. */
    String concurrencyString() default "";

    /** What the worker does when it is told to stop; at most one. Default: what its owner has. */
    StopMode[] stopMode() default {};

    /** {@link #stopMode} as a string, such as {@code finish}. */
    String stopModeString() default "";

    /** The most the worker gets to stop. Default: what its owner has. */
    String stopTimeout() default "";

    /** The kind of thread it runs on; at most one. Default: what its owner has. */
    ThreadKind[] threads() default {};

    /** {@link #threads} as a string, such as {@code virtual}. */
    String threadsString() default "";

    /** After which ends a looping method is called again; at most one. Default: what its owner has. */
    RestartPolicy.Mode[] restart() default {};

    /** {@link #restart} as a string, such as {@code always}. */
    String restartString() default "";

    /** Waits that long before the first restart, and twice as long before each further one. Default: {@code 1s}. */
    String backoff() default "";

    /** Never waits longer than that before a restart. Default: {@code 30s}, or {@link #backoff} where that is longer. */
    String maxBackoff() default "";

    /** How many restarts within {@link #restartWindow} are not too many, 0 or more. Default: {@code 5}. */
    String maxRestarts() default "";

    /** The time within which restarts are counted. Default: {@code 1m}. */
    String restartWindow() default "";

    /** What follows when restarts are too many; at most one. Default: nothing more. */
    Escalation[] escalation() default {};

    /** {@link #escalation} as a string, such as {@code stop_owner}. */
    String escalationString() default "";

    /** Has startup wait, so long at most, until the method calls {@link WorkerContext#ready()}; it fails otherwise. */
    String awaitReady() default "";

    /** Has a run be shown as stalled once it has given no sign of life for so long, nor slept in its context. */
    String stallAfter() default "";

    /** Whether there is such a worker at all. */
    String enabled() default "true";
}
