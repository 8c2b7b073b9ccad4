/**
 * The leak check: no test leaves a thread behind. It is on as soon as it is on the class path of the tests; {@link
 * dev.leakproof.test.LeakCheck} has it look closer, {@link dev.leakproof.test.Leaks} serves other test frameworks.
 */
@NullMarked
package dev.leakproof.test;

import org.jspecify.annotations.NullMarked;
