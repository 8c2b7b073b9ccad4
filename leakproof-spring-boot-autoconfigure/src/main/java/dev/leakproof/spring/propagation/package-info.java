/** What is bound to a thread, carried to the work that it hands over. */
@NullMarked
package dev.leakproof.spring.propagation;

import org.jspecify.annotations.NullMarked;
