package dev.leakproof.jfr;

import dev.leakproof.Leak;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.StopReport.Outcome;
import dev.leakproof.TreeListener;
import java.time.Duration;
import jdk.jfr.FlightRecorder;

/**
 * Writes what happens in a tree to the JDK's Flight Recorder, in its category {@code leakproof}: starts, failures, leaks,
 * late ends and the reports of stops. Before a first recording it costs nothing: an event of ours would load the recorder,
 * which is a hundred classes, as the application starts.
 *
 * <p>Add it with {@link Owner#addListener}; leakproof's Spring Boot starter does so by itself. Only for a JVM that has the
 * module {@code jdk.jfr}: without it this class cannot be loaded.
 */
public final class FlightRecorderListener implements TreeListener {

    /** Creates a listener, for any number of trees. */
    public FlightRecorderListener() {}

    @Override
    public void started(NodeSnapshot node) {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        WorkerStarted event = new WorkerStarted();
        if (event.isEnabled()) {
            event.starts = node.starts();
            event.commit(node);
        }
    }

    @Override
    public void failed(NodeSnapshot node) {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        WorkerFailed event = new WorkerFailed();
        if (event.isEnabled()) {
            Throwable failure = node.failure();
            event.failure = failure == null ? null : failure.getClass().getName();
            event.commit(node);
        }
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        WorkerLeaked event = new WorkerLeaked();
        if (event.isEnabled()) {
            event.age = entry.age().toNanos();
            event.waited = entry.took().toNanos();
            Leak leak = entry.leak();
            if (leak != null) {
                event.leakedThread = leak.thread();
                event.stuck = leak.isStuck();
                event.where = leak.where();
            }
            event.commit(node);
        }
    }

    @Override
    public void endedLate(NodeSnapshot node, Duration late) {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        WorkerEndedLate event = new WorkerEndedLate();
        if (event.isEnabled()) {
            event.late = late.toNanos();
            event.commit(node);
        }
    }

    @Override
    public void reported(StopReport report) {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        Stopped event = new Stopped();
        if (event.isEnabled()) {
            event.path = report.path();
            event.leaked = report.leaked().size();
            event.stopped = report.with(Outcome.STOPPED).size()
                    + report.with(Outcome.FAILED).size();
            event.took = report.took().toNanos();
            event.budget = report.budget().toNanos();
            event.commit();
        }
    }
}
