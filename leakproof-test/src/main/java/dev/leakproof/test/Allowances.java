package dev.leakproof.test;

import java.util.List;

/**
 * Allowances kept in one place. Those of a service (a file {@code META-INF/services/dev.leakproof.test.Allowances}) count
 * for every check in JUnit; others where {@link LeakCheck#allow} names them. Has a public constructor without
 * parameters.
 */
@FunctionalInterface
public interface Allowances {

    /** Returns the allowances; called once for each use. */
    List<Allowance> allowances();
}
