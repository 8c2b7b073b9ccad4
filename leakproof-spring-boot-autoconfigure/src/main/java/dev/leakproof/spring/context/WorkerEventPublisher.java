package dev.leakproof.spring.context;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import dev.leakproof.spring.context.WorkerEvent.Kind;
import java.time.Duration;
import org.springframework.context.ApplicationContext;

/** Publishes {@link WorkerEvent}s to one context, until that is over. */
final class WorkerEventPublisher implements TreeListener {

    private final ApplicationContext context;
    private volatile boolean over;

    WorkerEventPublisher(ApplicationContext context) {
        this.context = context;
    }

    /** Publishes no more: beans are about to be destroyed. */
    void end() {
        over = true;
    }

    @Override
    public void started(NodeSnapshot node) {
        publish(Kind.STARTED, node);
    }

    @Override
    public void failed(NodeSnapshot node) {
        publish(Kind.FAILED, node);
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        publish(Kind.LEAKED, node);
    }

    @Override
    public void endedLate(NodeSnapshot node, Duration late) {
        publish(Kind.ENDED_LATE, node);
    }

    private void publish(Kind kind, NodeSnapshot node) {
        if (!over) {
            context.publishEvent(new WorkerEvent(context, kind, node));
        }
    }
}
