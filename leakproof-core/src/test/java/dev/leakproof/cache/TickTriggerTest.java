package dev.leakproof.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TickTriggerTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicInteger reschedulings = new AtomicInteger();
    private final TickTrigger trigger = new TickTrigger(Duration.ofMillis(100), reschedulings::incrementAndGet);

    @Test
    void restsUntilAsked() {
        assertThat(trigger.nextAfter(START)).isNull();
        trigger.ask();
        assertThat(reschedulings).hasValue(1);
        assertThat(trigger.nextAfter(START)).isEqualTo(START.plusMillis(100));
    }

    @Test
    void askingAgainNeitherWakesNorPutsOff() {
        trigger.ask();
        trigger.nextAfter(START);
        trigger.ask();
        assertThat(reschedulings).hasValue(1);
        assertThat(trigger.nextAfter(START.plusMillis(60))).isEqualTo(START.plusMillis(100));
    }

    @Test
    void askingForSoonerDoesBoth() {
        trigger.ask();
        trigger.nextAfter(START);
        trigger.askAtOnce();
        assertThat(reschedulings).hasValue(2);
        assertThat(trigger.nextAfter(START)).isEqualTo(START.plusMillis(1));
    }

    @Test
    void restsAfterALookUnlessItPlansAnother() {
        trigger.ask();
        trigger.nextAfter(START);
        trigger.begin();
        trigger.plan(null);
        assertThat(trigger.nextAfter(START.plusMillis(100))).isNull();
        trigger.plan(Duration.ofMinutes(5));
        assertThat(reschedulings).hasValue(3);
        assertThat(trigger.nextAfter(START)).isEqualTo(START.plusSeconds(300));
        assertThat(trigger.nextAfter(START.plusSeconds(10))).isEqualTo(START.plusSeconds(300));
    }

    @Test
    void doesNotRepeatATimeThatHasCome() {
        trigger.plan(Duration.ofMillis(100));
        trigger.nextAfter(START);
        assertThat(trigger.nextAfter(START.plusMillis(100))).isNull();
    }

    @Test
    void whatIsAskedDuringALookIsNotLost() {
        trigger.begin();
        trigger.ask();
        trigger.plan(null);
        assertThat(trigger.nextAfter(START)).isEqualTo(START.plusMillis(100));
        trigger.begin();
        trigger.ask();
        trigger.plan(Duration.ofMinutes(5));
        assertThat(trigger.nextAfter(START)).isEqualTo(START.plusMillis(100));
    }
}
