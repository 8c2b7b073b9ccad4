package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.000999S, 999µs",
        "PT0.999S, 999ms",
        "PT1S, 1s",
        "PT1.004S, 1s",
        "PT1.005S, 1.01s",
        "PT1.667S, 1.67s",
        "PT1.5S, 1.5s",
        "PT1.995S, 2s",
        "PT12S, 12s",
        "PT90.05S, 90.05s",
        "PT119.999S, 120s",
        "PT5M, 5m",
        "PT-1.5S, -1.5s"
    })
    void threeDigitsInTheLargestUnitThatFits(Duration duration, String printed) {
        assertThat(Durations.format(duration)).isEqualTo(printed);
    }
}
