package dev.leakproof.sample.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The end of one pod.
 *
 * @param pod whose
 * @param deleted when its preStop began, and the grace period with it
 * @param terminated when TERM was sent
 * @param drained when its workers began to drain, as its log says
 * @param ended when the process was gone
 * @param exitCode of the process
 * @param outOfGrace whether it took the KILL at the end of the grace period
 * @param finalLine the last line of the stop
 * @param leaked how many workers leaked, as that line says
 * @param readiness what the probe of its readiness saw, from the deletion on
 */
record Deletion(
        String pod,
        Instant deleted,
        Instant terminated,
        Optional<Instant> drained,
        Instant ended,
        int exitCode,
        boolean outOfGrace,
        Optional<String> finalLine,
        int leaked,
        List<Probe.Transition> readiness) {

    Duration graceUsed() {
        return Duration.between(deleted, ended);
    }
}
