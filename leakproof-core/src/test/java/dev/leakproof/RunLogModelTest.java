package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Has interleavings of writers and readers explored: what a reader sees are the numbers of one moment between two changes.
 *
 * <p>What it is known to find in {@link RunLog}, each seeded once and taken out again: a version that is not odd meanwhile;
 * one that is not asked for again; a reader that asks whether it is even but not whether it is the same; writers without the
 * monitor.
 */
@Tag("slow")
@Tag("model")
@EnabledForJreRange(max = JRE.JAVA_17, disabledReason = "The model is of the code, not of the JVM: one will do")
public class RunLogModelTest {

    private static final Exception FAILURE = new IllegalStateException("on purpose");

    private final RunLog log = new RunLog();

    @Operation
    public void started() {
        log.started(1, Duration.ofNanos(1));
    }

    @Operation
    public void succeeded() {
        log.finished(Instant.EPOCH, Duration.ofNanos(2), null);
    }

    @Operation
    public void failed() {
        log.finished(Instant.EPOCH, Duration.ofNanos(3), FAILURE);
    }

    @Operation
    public void skipped() {
        log.skipped();
    }

    @Operation
    public String stats() {
        RunStats seen = log.stats();
        return seen.completed() + " " + seen.failed() + " " + seen.consecutiveFailures() + " " + seen.skipped() + " "
                + (seen.lastStarted() != null) + " " + (seen.lastLateness() != null) + " " + nanos(seen.lastDuration())
                + " " + (seen.lastFailure() != null) + " " + (seen.lastFailed() != null);
    }

    private static String nanos(Duration duration) {
        return duration == null ? "none" : String.valueOf(duration.toNanos());
    }

    @Test
    void readersSeeTheNumbersOfOneMoment() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(500)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .check(RunLogModelTest.class);
    }
}
