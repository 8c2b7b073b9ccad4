/** Prices, kept for a while. */
@NullMarked
package dev.leakproof.sample.quotes;

import org.jspecify.annotations.NullMarked;
