package dev.leakproof.sample.drill;

import static dev.leakproof.sample.drill.Check.NOTHING_IS_KILLED;
import static dev.leakproof.sample.drill.Check.NO_EFFECT_COMES_TWICE;
import static dev.leakproof.sample.drill.Check.NO_REQUEST_FAILS;
import static dev.leakproof.sample.drill.Check.THE_FINAL_LINE_IS_THERE;
import static dev.leakproof.sample.drill.Check.THE_GRACE_SUFFICES;

import dev.leakproof.sample.drill.Scenario.Connections;
import dev.leakproof.sample.drill.Scenario.Incident;
import dev.leakproof.sample.drill.Scenario.Outage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All scenarios: the base, each factor varied alone, the pairs that matter, and those in which the checks must strike. */
final class Scenarios {

    private static final int LARGE_BACKLOG = 2_000;
    private static final int KILLED = 137;

    /** Where TERM is never heard of, there is no need to wait for half a minute to see it. */
    private static final Duration SHORT_GRACE = Duration.ofSeconds(12);

    private final List<Scenario> all = new ArrayList<>();

    private Scenarios() {}

    static List<Scenario> all() {
        Scenarios scenarios = new Scenarios();
        scenarios.listFactors();
        scenarios.listPairs();
        scenarios.listKills();
        scenarios.listContrasts();
        return scenarios.all;
    }

    private void listFactors() {
        addShort("base", base -> {});
        add("endpoint delay 4 s", s -> s.endpointDelay = Duration.ofSeconds(4));
        add("a connection per request", s -> s.connections = Connections.ONE_PER_REQUEST);
        add("no backlog", s -> s.backlog = 0);
        add("large backlog", s -> s.backlog = LARGE_BACKLOG);
        addShort("hung workers", s -> s.hungWorkers = true);
        add("tini", s -> s.entrypoint = Entrypoint.TINI);
        add("JDK 17", s -> s.jdk = 17);
        add("JDK 25", s -> s.jdk = 25);
        add("virtual threads", s -> virtual(s));
        add("one port for all", s -> s.singlePort = true);
        addShort("TERM while starting", s -> {
            s.incident = Incident.TERM_WHILE_STARTING;
            // It was never among the endpoints.
            s.preStop = Duration.ZERO;
        });
        add("TERM twice", s -> s.incident = Incident.SECOND_TERM);
        add("peer refuses during the drain", s -> s.outage = Outage.PEER_REFUSES);
        addShort("peer silent during the drain", s -> s.outage = Outage.PEER_SILENT);
        addShort("database gone during the drain", s -> s.outage = Outage.DATABASE);
        add("three in a row", s -> s.replacements = 3);
    }

    private void listPairs() {
        add("hung workers and large backlog", s -> {
            s.hungWorkers = true;
            s.backlog = LARGE_BACKLOG;
        });
        add("hung workers and virtual threads", s -> {
            s.hungWorkers = true;
            virtual(s);
        });
    }

    private void listKills() {
        addShort("KILL mid-drain", Scenarios::killed);
        add("KILL mid-drain and peer silent", s -> {
            killed(s);
            s.outage = Outage.PEER_SILENT;
        });
    }

    private void listContrasts() {
        addShort("no preStop", s -> {
            s.preStop = Duration.ZERO;
            s.mustFail(NO_REQUEST_FAILS);
        });
        add("no preStop and a connection per request", s -> {
            s.preStop = Duration.ZERO;
            s.connections = Connections.ONE_PER_REQUEST;
            s.mustFail(NO_REQUEST_FAILS);
        });
        add("preStop 1 s, endpoint delay 2 s", s -> {
            s.preStop = Duration.ofSeconds(1);
            s.mustFail(NO_REQUEST_FAILS);
        });
        addShort("sh -c", s -> {
            s.entrypoint = Entrypoint.SHELL;
            s.preStop = Duration.ofSeconds(3);
            s.grace = SHORT_GRACE;
            s.exitCode = KILLED;
            s.mustFail(NOTHING_IS_KILLED, THE_GRACE_SUFFICES, THE_FINAL_LINE_IS_THERE);
        });
        add("tini -- sh -c", s -> {
            s.entrypoint = Entrypoint.TINI_AND_SHELL;
            s.mustFail(THE_FINAL_LINE_IS_THERE);
        });
        add("KILL mid-drain and a peer that forgets", s -> {
            killed(s);
            s.forgetfulPeer = true;
            s.mustFail(NO_EFFECT_COMES_TWICE);
        });
        add("connections that stick to their pod", s -> {
            s.connections = Connections.STICKY;
            s.without(NO_REQUEST_FAILS);
            s.repeated = false;
        });
        add("database gone for all", s -> {
            s.outage = Outage.DATABASE_FOR_ALL;
            // Requests wait for it, but not for ever.
            s.without(NO_REQUEST_FAILS);
            s.repeated = false;
        });
    }

    private static void virtual(Scenario scenario) {
        scenario.jdk = 25;
        scenario.virtualThreads = true;
    }

    private static void killed(Scenario scenario) {
        scenario.incident = Incident.KILL_MID_DRAIN;
        scenario.exitCode = KILLED;
        // The batch in hand then takes long enough for the KILL to come before its end.
        scenario.peerDelay = Duration.ofMillis(500);
        scenario.without(THE_FINAL_LINE_IS_THERE);
    }

    private void addShort(String name, Consumer<Scenario> difference) {
        add(name, difference);
        all.get(all.size() - 1).inShortForm = true;
    }

    private void add(String name, Consumer<Scenario> difference) {
        Scenario scenario = new Scenario(name);
        difference.accept(scenario);
        if (!name.equals("JDK " + Jdk.CURRENT)) {
            all.add(scenario);
        }
    }
}
