/** An order service with a transactional outbox, built on leakproof. */
@NullMarked
package dev.leakproof.sample;

import org.jspecify.annotations.NullMarked;
