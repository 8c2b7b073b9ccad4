/** The annotation that makes a bean's method a worker. */
@NullMarked
package dev.leakproof.spring.annotation;

import org.jspecify.annotations.NullMarked;
