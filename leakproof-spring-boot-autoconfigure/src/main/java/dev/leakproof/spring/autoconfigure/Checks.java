package dev.leakproof.spring.autoconfigure;

import java.time.Duration;

/** Looks at what properties say; each throws {@link IllegalArgumentException}, which says what to write instead. */
final class Checks {

    private Checks() {}

    static Duration positive(String property, Duration value, String example) {
        return require(value.compareTo(Duration.ZERO) > 0, property, "be longer than zero", value, example);
    }

    static Duration notNegative(String property, Duration value, String example) {
        return require(!value.isNegative(), property, "not be negative", value, example);
    }

    static Duration atLeast(String property, Duration value, Duration least, String example) {
        return require(value.compareTo(least) >= 0, property, "be at least " + least.toMillis() + "ms", value, example);
    }

    private static Duration require(boolean holds, String property, String what, Duration value, String example) {
        if (!holds) {
            throw new IllegalArgumentException(
                    property + " must " + what + ", but was " + value + ": write for instance " + example);
        }
        return value;
    }
}
