package dev.leakproof.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has workers stop before all others: those that produce work, such as pollers and consumers, while the web server still
 * finishes its requests.
 *
 * <p>On a bean method it counts for the {@code Owner}, worker, heartbeat, cache or pool that the method declares, and all
 * below; on a {@link ManagedWorker} method for that worker; on a class for its worker methods. What stops early gets its
 * own stop timeout; in the shutdown's budget that time comes on top.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface StopPhase {

    /** Before the web server waits for its requests to end: between Spring's first phase and that one. */
    int BEFORE_WEB_DRAIN = Integer.MAX_VALUE - 768;

    /** The phase of the context's shutdown: higher ones come earlier. It must be above {@code leakproof.shutdown.phase}. */
    int value() default BEFORE_WEB_DRAIN;
}
