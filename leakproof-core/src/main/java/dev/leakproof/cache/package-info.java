/**
 * An owned cache: {@link dev.leakproof.cache.EvictingCache} is Caffeine with a tick of its own, so that entries leave when
 * they are due even if nobody comes to look.
 */
@NullMarked
package dev.leakproof.cache;

import org.jspecify.annotations.NullMarked;
