/** The ownership tree: every background thread has exactly one owner. */
@NullMarked
package dev.leakproof;

import org.jspecify.annotations.NullMarked;
