/** Runs as Micrometer observations, so that a trace spans a run and what it hands over. */
@NullMarked
package dev.leakproof.spring.observation;

import org.jspecify.annotations.NullMarked;
