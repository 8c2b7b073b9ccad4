/** Prices: asked for at several suppliers at once, and kept for a while. */
@NullMarked
package dev.leakproof.sample.quotes;

import org.jspecify.annotations.NullMarked;
