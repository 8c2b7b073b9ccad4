/** What wires leakproof into a Spring Boot application. Nothing depends on this package. */
@NullMarked
package dev.leakproof.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
