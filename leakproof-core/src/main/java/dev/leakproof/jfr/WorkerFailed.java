package dev.leakproof.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

@Name("dev.leakproof.WorkerFailed")
@Label("Worker Failed")
@Description("A worker ended by an exception or error, and is not started again")
final class WorkerFailed extends NodeEvent {

    @Label("Failure")
    @Description("Class of the exception or error; its message may be secret, so it is not recorded")
    @Nullable
    String failure;
}
