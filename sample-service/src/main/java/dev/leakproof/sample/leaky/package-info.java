/** Mistakes made on purpose, to see what leakproof says of them. */
@NullMarked
package dev.leakproof.sample.leaky;

import org.jspecify.annotations.NullMarked;
