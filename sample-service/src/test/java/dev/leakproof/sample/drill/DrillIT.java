package dev.leakproof.sample.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The short form of the drill. */
@Tag("slow")
class DrillIT {

    @Test
    void everyCheckHoldsWhereItHasToAndStrikesWhereItHasTo() throws Exception {
        List<Report> reports = Drill.run(List.of("--short"));

        assertThat(reports)
                .hasSizeGreaterThanOrEqualTo(8)
                .allSatisfy(report -> assertThat(report.problems())
                        .as("what is wrong with '%s'; logs are in target/drill", report.scenario().name)
                        .isEmpty());
    }
}
