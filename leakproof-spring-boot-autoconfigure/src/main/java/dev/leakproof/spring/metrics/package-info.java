/** The ownership tree as Micrometer meters. */
@NullMarked
package dev.leakproof.spring.metrics;

import org.jspecify.annotations.NullMarked;
