package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EpochNanosTest {

    @Test
    void isTheSameMomentToTheNanosecond() {
        for (String text : new String[] {"2030-01-02T03:04:05.000000006Z", "1969-12-31T23:59:59.999999999Z"}) {
            Instant moment = Instant.parse(text);
            assertThat(EpochNanos.toInstant(EpochNanos.of(moment))).isEqualTo(moment);
            assertThat(EpochNanos.toInstant(EpochNanos.plus(EpochNanos.of(moment), -7)))
                    .isEqualTo(moment.minusNanos(7));
        }
    }

    @Test
    void noMomentStaysNone() {
        assertThat(EpochNanos.of(null)).isEqualTo(EpochNanos.NONE);
        assertThat(EpochNanos.toInstant(EpochNanos.NONE)).isNull();
    }

    @Test
    void whatIsBeyondBecomesTheEndOfTimeAndNotAnotherMoment() {
        assertThat(EpochNanos.toInstant(EpochNanos.of(Instant.MAX))).isEqualTo(Instant.MAX);
        assertThat(EpochNanos.toInstant(EpochNanos.of(Instant.MIN))).isEqualTo(Instant.MIN);
        long now = EpochNanos.of(Instant.parse("2030-01-01T00:00:00Z"));
        long centuries = Duration.ofDays(290 * 365).toNanos();
        assertThat(EpochNanos.toInstant(EpochNanos.plus(now, centuries))).isEqualTo(Instant.MAX);
    }
}
