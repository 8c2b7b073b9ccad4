package dev.leakproof.spring.context;

import java.time.Duration;

/**
 * Durations as Spring reads them: {@code 1m30s}. Spring's own printer would have to be loaded, with a dozen of lambdas,
 * while the application stops.
 */
final class Printed {

    private Printed() {}

    static String of(Duration duration) {
        long millis = Math.abs(duration.toMillis());
        if (millis == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder(duration.isNegative() ? "-" : "");
        append(text, millis / 86_400_000, "d");
        append(text, millis / 3_600_000 % 24, "h");
        append(text, millis / 60_000 % 60, "m");
        append(text, millis / 1000 % 60, "s");
        append(text, millis % 1000, "ms");
        return text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number > 0) {
            text.append(number).append(unit);
        }
    }
}
