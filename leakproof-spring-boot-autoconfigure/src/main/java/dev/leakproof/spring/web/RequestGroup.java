package dev.leakproof.spring.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a {@code TaskGroup} argument of a controller is to be like. Without it, all is as the properties say. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface RequestGroup {

    /**
     * How long after the request came in the forks are cancelled, such as {@code 300ms}; may be a placeholder. By default
     * {@code leakproof.web.deadline}.
     */
    String deadline() default "";

    /**
     * How many forks run at once; the others wait. By default, which is 0, none on virtual threads, and four for each
     * processor on platform threads.
     */
    int limit() default 0;
}
