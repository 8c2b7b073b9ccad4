package dev.leakproof.spring.context;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Durations as Spring reads them: {@code 1m30s}. */
final class Printed {

    private Printed() {}

    static String of(Duration duration) {
        return DurationFormatterUtils.print(duration.truncatedTo(ChronoUnit.MILLIS), DurationFormat.Style.COMPOSITE);
    }
}
