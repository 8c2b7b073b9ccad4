package dev.leakproof.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.leakproof.WorkerStarted")
@Label("Worker Started")
@Description("A worker, heartbeat, cache, pool or owner was started")
final class WorkerStarted extends NodeEvent {

    @Label("Starts")
    @Description("How often it was started so far")
    long starts;
}
