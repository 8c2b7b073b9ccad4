package dev.leakproof.spring.metrics;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.RunStats;
import dev.leakproof.StopReport;
import dev.leakproof.TreeListener;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records what happens to each worker that is a bean, under its id, and stops.
 *
 * <p>What is no bean counts for the bean above it, so that there are no more tags than ids. With a worker go its meters.
 */
final class WorkerMeters implements TreeListener {

    private final MeterRegistry registry;
    private final ManagedBeans beans;
    private final Timer clean;
    private final Timer leaked;
    private final Map<String, OneWorker> workers = new ConcurrentHashMap<>();

    /** The meters of one id, all there from the first start on, so that a rate begins at zero. */
    private record OneWorker(
            Timer completed,
            Timer failed,
            Timer lateness,
            Counter skipped,
            Counter restarts,
            Counter failures,
            Counter leaks) {

        void removeFrom(MeterRegistry registry) {
            Stream.of(completed, failed, lateness, skipped, restarts, failures, leaks)
                    .forEach(registry::remove);
        }
    }

    WorkerMeters(MeterRegistry registry, ManagedBeans beans) {
        this.registry = registry;
        this.beans = beans;
        this.clean = stops("clean");
        this.leaked = stops("leaked");
    }

    private Timer stops(String outcome) {
        return Timer.builder("leakproof.stop")
                .description("Time that stops took, of the whole tree or a part of it")
                .tag("outcome", outcome)
                .register(registry);
    }

    @Override
    public void started(NodeSnapshot node) {
        with(node, worker -> {});
    }

    @Override
    public void ran(NodeSnapshot node, Duration took, @Nullable Throwable failure) {
        with(node, worker -> {
            (failure == null ? worker.completed : worker.failed).record(took);
            RunStats runs = node.runs();
            if (runs != null && runs.lastLateness() != null) {
                worker.lateness.record(runs.lastLateness());
            }
        });
    }

    @Override
    public void skipped(NodeSnapshot node) {
        with(node, worker -> worker.skipped.increment());
    }

    @Override
    public void backingOff(NodeSnapshot node, Duration backoff) {
        with(node, worker -> worker.restarts.increment());
    }

    @Override
    public void failed(NodeSnapshot node) {
        with(node, worker -> worker.failures.increment());
    }

    @Override
    public void leaked(NodeSnapshot node, StopReport.Entry entry) {
        with(node, worker -> worker.leaks.increment());
    }

    @Override
    public void detached(NodeSnapshot node) {
        if (beans.declaredId(node.path()).isEmpty()) {
            OneWorker gone = workers.remove(node.id());
            if (gone != null) {
                gone.removeFrom(registry);
            }
        }
    }

    @Override
    public void reported(StopReport report) {
        (report.isClean() ? clean : leaked).record(report.took());
    }

    private void with(NodeSnapshot node, Consumer<OneWorker> news) {
        if (node.kind() != NodeKind.OWNER) {
            beans.declaredId(node.path()).ifPresent(id -> news.accept(workers.computeIfAbsent(id, this::register)));
        }
    }

    private OneWorker register(String id) {
        return new OneWorker(
                runs(id, "success"),
                runs(id, "failure"),
                Timer.builder("leakproof.worker.lateness")
                        .description("Time from when a periodic run was due to its start")
                        .tag("worker", id)
                        .register(registry),
                counter(id, "skipped", "Periodic runs left out because the one before was still at work", "runs"),
                counter(id, "restarts", "Restarts after a failure, or an end that was not asked for", "restarts"),
                counter(id, "failures", "Ends by an exception or error that no restart followed", "failures"),
                counter(id, "leaks", "Ends that did not come in time when it was told to stop", "leaks"));
    }

    private Timer runs(String id, String outcome) {
        return Timer.builder("leakproof.worker.runs")
                .description("Runs of the worker's body")
                .tag("worker", id)
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter counter(String id, String name, String description, String unit) {
        return Counter.builder("leakproof.worker." + name)
                .description(description)
                .baseUnit(unit)
                .tag("worker", id)
                .register(registry);
    }
}
