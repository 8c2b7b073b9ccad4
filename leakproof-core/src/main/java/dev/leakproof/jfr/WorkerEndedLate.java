package dev.leakproof.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

@Name("dev.leakproof.WorkerEndedLate")
@Label("Worker Ended Late")
@Description("A leaked worker has ended after all")
final class WorkerEndedLate extends NodeEvent {

    @Label("Late")
    @Description("How long after its verdict")
    @Timespan(Timespan.NANOSECONDS)
    long late;
}
