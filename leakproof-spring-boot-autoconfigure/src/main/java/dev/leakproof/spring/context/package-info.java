/**
 * The ownership tree in an application context: what is managed, when it starts, and when it stops.
 *
 * <p>{@link dev.leakproof.spring.context.ManagedBeans} collects what the context creates, {@link
 * dev.leakproof.spring.context.ManagedTree} starts and stops it, in the phases of a {@link
 * dev.leakproof.spring.context.TreeLifecycle}.
 */
@NullMarked
package dev.leakproof.spring.context;

import org.jspecify.annotations.NullMarked;
