/** What is still to be told to the peer, and the workers that tell it. */
@NullMarked
package dev.leakproof.sample.outbox;

import org.jspecify.annotations.NullMarked;
