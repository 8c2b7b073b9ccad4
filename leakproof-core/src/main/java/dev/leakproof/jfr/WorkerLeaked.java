package dev.leakproof.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

@Name("dev.leakproof.WorkerLeaked")
@Label("Worker Leaked")
@Description("A worker did not end in time when told to stop")
final class WorkerLeaked extends NodeEvent {

    @Label("Age")
    @Description("From its start to the verdict")
    @Timespan(Timespan.NANOSECONDS)
    long age;

    @Label("Waited")
    @Description("From the start of the stop to the verdict")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Leaked Thread")
    @Nullable
    String leakedThread;

    @Label("Stuck")
    @Description("Whether it was on the same line twice")
    boolean stuck;

    @Label("Where")
    @Description("Line on which it was last seen")
    @Nullable
    String where;
}
