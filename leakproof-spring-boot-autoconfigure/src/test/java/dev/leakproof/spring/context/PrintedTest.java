package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.format.annotation.DurationFormat.Style;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

class PrintedTest {

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.009S", "PT12S", "PT1.5S", "PT1M", "PT1M30S", "PT25H0.001S", "P40D", "PT-2.5S"})
    void durationsReadAsSpringPrintsThem(Duration duration) {
        assertThat(Printed.of(duration)).isEqualTo(DurationFormatterUtils.print(duration, Style.COMPOSITE));
    }
}
