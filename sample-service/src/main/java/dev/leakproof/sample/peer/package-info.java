/** The other system: the client that talks to it, and a small one of our own to talk to. */
@NullMarked
package dev.leakproof.sample.peer;

import org.jspecify.annotations.NullMarked;
