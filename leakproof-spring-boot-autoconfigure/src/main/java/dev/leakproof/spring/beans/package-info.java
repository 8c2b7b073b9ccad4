/**
 * Beans that an application gets without writing them: heartbeats and caches by properties, a view of caches for {@code
 * @Cacheable}, and leakproof's own housekeeping and history.
 */
@NullMarked
package dev.leakproof.spring.beans;

import org.jspecify.annotations.NullMarked;
