package dev.leakproof.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Says how closely a test or a class of tests is looked at for threads that outlive it.
 *
 * <p>Without it only the suite gate judges, when all tests are over. With it a leak fails the test, or the class, that it
 * comes from. On a class it holds for all its tests, also in nested classes and subclasses; on a method it comes before
 * what the class says. Use that contradicts itself fails the test.
 *
 * <p>While tests run in parallel nothing tells whose a thread is: there only the suite gate judges, except for classes
 * that are {@link org.junit.jupiter.api.parallel.Isolated}. While Spring's test framework keeps a context open, threads
 * that run no code of the test class may be the context's and are left to the suite gate too.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(LeakCheckExtension.class)
public @interface LeakCheck {

    /** What no thread may outlive. On a method only {@link Scope#TEST} or {@link Scope#NONE}. */
    Scope scope() default Scope.TEST;

    /** Why threads may leak; required with {@link Scope#NONE}, and for that only. */
    String reason() default "";

    /**
     * How long threads get to end by themselves, such as {@code 500ms} or {@code 5s}. By default as
     * {@code leakproof.leakcheck.grace} says, or else 2 seconds, before JDK 21 5.
     */
    String grace() default "";

    /** Whether to interrupt leaked threads to see if they survive that: see {@link LeakOption#interrupting}. */
    boolean interrupt() default false;

    /** What may outlive these tests, and why. */
    Class<? extends Allowances>[] allow() default {};

    /** What no thread may outlive. */
    enum Scope {
        /** Each test; on a class also the class as a whole. */
        TEST,
        /** The class as a whole. */
        CLASS,
        /** All tests, as without the annotation. */
        SUITE,
        /** Nothing: threads made during it may outlive the suite. */
        NONE
    }
}
