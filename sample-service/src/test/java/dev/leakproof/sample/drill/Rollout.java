package dev.leakproof.sample.drill;

import dev.leakproof.sample.drill.Scenario.Incident;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run of one scenario: pods with their database, peer and clients, of which some pods are replaced. */
final class Rollout implements AutoCloseable {

    // Seconds in life; the bounds only have to outlast a busy machine.
    private static final Duration START_BOUND = Duration.ofMinutes(5);
    private static final Duration CATCH_UP_BOUND = Duration.ofSeconds(90);

    /** How long the load goes on before the first deletion and after the last end. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final Duration BETWEEN_SIGNALS = Duration.ofMillis(200);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Scenario scenario;
    private final Path directory;
    private final Database database = new Database();
    private final Peer peer;
    private final Endpoints endpoints = new Endpoints();
    private final Deque<Pod> pods = new ArrayDeque<>();
    private final List<Deletion> deletions = new ArrayList<>();

    private Rollout(Scenario scenario, Path directory) throws IOException, InterruptedException {
        this.scenario = scenario;
        this.directory = directory;
        this.peer = Peer.start(scenario.forgetfulPeer, scenario.peerDelay, directory);
    }

    /** Runs a scenario. Logs are left in the directory. */
    static Outcome run(Scenario scenario, Path directory) throws IOException, InterruptedException, SQLException {
        try (Rollout rollout = new Rollout(scenario, directory)) {
            return rollout.run();
        }
    }

    private Outcome run() throws IOException, InterruptedException, SQLException {
        Pod first = start();
        // Both at once, for the sake of the time; further ones start under the load, as this one does when it is killed
        // then.
        Pod successor = scenario.incident == Incident.TERM_WHILE_STARTING ? first : start();
        admit(first);
        admit(successor);
        Traffic traffic = new Traffic(endpoints, scenario.connections);
        try (traffic) {
            traffic.start(scenario.backlog);
            traffic.awaitSteadyPace();
            pass(CALM);
            if (scenario.incident == Incident.TERM_WHILE_STARTING) {
                Pod starting = start();
                starting.awaitLogged("Tomcat initialized");
                deletions.add(delete(starting));
            } else {
                deletions.add(delete(first));
                for (int i = 1; i < scenario.replacements; i++) {
                    Pod next = start();
                    admit(next);
                    deletions.add(delete(successor));
                    successor = next;
                }
            }
            pass(CALM);
        }
        int lost = awaitDelivery(traffic).size();
        return new Outcome(
                scenario,
                traffic.requests(),
                peer.deliveries(),
                List.copyOf(deletions),
                traffic.accepted().size(),
                lost);
    }

    private Pod start() throws IOException, SQLException {
        String name = "pod-" + (pods.size() + 1);
        Map<String, String> environment = new HashMap<>(database.admit(name));
        environment.put("SPRING_PROFILES_ACTIVE", "kubernetes,postgres" + (scenario.hungWorkers ? ",leaky" : ""));
        environment.put("SAMPLE_PEER_URL", peer.url());
        environment.put("SPRING_THREADS_VIRTUAL_ENABLED", String.valueOf(scenario.virtualThreads));
        environment.put("LEAKPROOF_SHUTDOWN_GRACEPERIOD", scenario.grace.toString());
        environment.put("LEAKPROOF_SHUTDOWN_PRESTOP", scenario.preStop.toString());
        if (scenario.grace.compareTo(ManifestTiming.grace()) < 0) {
            environment.put("LEAKPROOF_SHUTDOWN_ONOVERRUN", "warn");
        }
        Pod pod = Pod.start(name, scenario, directory, environment);
        pods.push(pod);
        return pod;
    }

    private void admit(Pod pod) throws InterruptedException {
        pod.awaitReady(START_BOUND);
        endpoints.add(pod);
    }

    /** What a kubelet does, and an endpoints controller, when a pod is deleted. */
    private Deletion delete(Pod pod) throws IOException, InterruptedException, SQLException {
        Instant deleted = Instant.now();
        endpoints.removeAt(pod, deleted.plus(scenario.endpointDelay));
        pass(scenario.preStop);
        begin(scenario.outage, pod);
        Instant terminated = Instant.now();
        pod.terminate();
        meddle(pod);
        boolean outOfGrace = !pod.awaitEnd(deleted.plus(scenario.grace));
        if (outOfGrace) {
            pod.kill();
        }
        pod.awaitEnd(Instant.now().plus(START_BOUND));
        Instant ended = Instant.now();
        end(scenario.outage);
        return new Deletion(
                pod.name(),
                deleted,
                terminated,
                pod.drained(),
                ended,
                pod.exitCode(),
                outOfGrace,
                pod.finalLine(),
                pod.leaked(),
                pod.readiness().since(deleted));
    }

    private void meddle(Pod pod) throws InterruptedException {
        switch (scenario.incident) {
            case SECOND_TERM -> {
                pass(BETWEEN_SIGNALS);
                pod.terminate();
            }
            case KILL_MID_DRAIN -> {
                pod.awaitLogged(": stopping within");
                pod.kill();
            }
            case NONE, TERM_WHILE_STARTING -> {}
        }
    }

    private void begin(Scenario.Outage outage, Pod pod) throws IOException, SQLException {
        switch (outage) {
            case PEER_REFUSES -> peer.refuse();
            case PEER_SILENT -> peer.fallSilent();
            case DATABASE -> database.banish(pod.name());
            case DATABASE_FOR_ALL -> database.banishAll();
            case NONE -> {}
        }
    }

    private void end(Scenario.Outage outage) throws IOException, SQLException {
        switch (outage) {
            case PEER_REFUSES, PEER_SILENT -> peer.recover();
            case DATABASE, DATABASE_FOR_ALL -> database.admitAllAgain();
            case NONE -> {}
        }
    }

    /** Waits until the peer has been told of all that was accepted, and returns what it still has not been. */
    private Set<String> awaitDelivery(Traffic traffic) throws IOException, InterruptedException {
        peer.hurry();
        Instant end = Instant.now().plus(CATCH_UP_BOUND);
        Set<String> missing = new HashSet<>(traffic.accepted());
        while (true) {
            missing.removeAll(peer.deliveries().stream().map(Peer.Delivery::key).collect(Collectors.toSet()));
            if (missing.isEmpty() || Instant.now().isAfter(end)) {
                return missing;
            }
            pass(POLL);
        }
    }

    private static void pass(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() {
        pods.forEach(Pod::close);
        peer.close();
    }
}
