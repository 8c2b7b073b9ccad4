/**
 * Who owns each live thread of this JVM. {@link dev.leakproof.census.ThreadCensus} is where to begin.
 */
@NullMarked
package dev.leakproof.census;

import org.jspecify.annotations.NullMarked;
