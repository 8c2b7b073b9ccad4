/** The ownership tree at {@code /actuator/workers} and in the application's health: thin readers of snapshots. */
@NullMarked
package dev.leakproof.spring.actuate;

import org.jspecify.annotations.NullMarked;
