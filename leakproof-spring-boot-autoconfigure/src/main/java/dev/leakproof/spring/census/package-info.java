/**
 * Whose the threads of a running service are: {@link dev.leakproof.spring.census.ServiceCensus} tells, {@link
 * dev.leakproof.spring.census.CensusSweep} watches.
 */
@NullMarked
package dev.leakproof.spring.census;

import org.jspecify.annotations.NullMarked;
