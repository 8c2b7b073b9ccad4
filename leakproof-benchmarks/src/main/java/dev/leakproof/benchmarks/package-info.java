/** Whole programs that measure leakproof beside the limit of the JVM and beside its peers. See docs/performance.md. */
package dev.leakproof.benchmarks;
