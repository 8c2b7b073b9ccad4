/** What happens in a tree as events of the JDK's Flight Recorder, where the JVM has that. */
@NullMarked
package dev.leakproof.jfr;

import org.jspecify.annotations.NullMarked;
