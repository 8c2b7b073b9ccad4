/**
 * The ownership tree: {@link dev.leakproof.Owner owners} hold {@link dev.leakproof.ManagedWorker workers} and {@link
 * dev.leakproof.Heartbeat heartbeats}, start them, stop them and wait for them.
 *
 * <p>Whoever looks for the stop protocol reads {@code StopProtocol} first, then {@code StopEntry}, its timetable for one
 * node.
 */
@NullMarked
package dev.leakproof;

import org.jspecify.annotations.NullMarked;
