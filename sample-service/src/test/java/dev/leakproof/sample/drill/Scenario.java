package dev.leakproof.sample.drill;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What is done to a pod, and what must come of it. Fields are set while scenarios are listed, and only read from then on.
 * Those that are not set are the base: the numbers of the manifest, a load, a backlog, and endpoints that lag behind.
 */
final class Scenario {

    /** What happens to the process besides the one TERM. */
    enum Incident {
        NONE,
        SECOND_TERM,
        /** KILL as soon as the workers drain. */
        KILL_MID_DRAIN,
        /** It is the successor that is deleted, before it is ready. */
        TERM_WHILE_STARTING
    }

    /** What is not to be had from the TERM on, until the pod is gone. */
    enum Outage {
        NONE,
        PEER_REFUSES,
        /** Takes connections and answers nothing. */
        PEER_SILENT,
        /** For the pod that is deleted. */
        DATABASE,
        DATABASE_FOR_ALL
    }

    /** How long a client keeps a connection. */
    enum Connections {
        ONE_PER_REQUEST,
        /** Kept, and used while its pod is in the list of endpoints. */
        KEPT,
        /** Used for as long as it is open, as behind a proxy that balances connections and not requests. */
        STICKY
    }

    final String name;
    Duration grace = ManifestTiming.grace();
    Duration preStop = ManifestTiming.preStop();
    Duration endpointDelay = Duration.ofSeconds(2);
    Connections connections = Connections.KEPT;
    int backlog = 500;
    /** For each delivery. Eight relays deliver a little faster than orders come in: what is waiting gets less, but slowly. */
    Duration peerDelay = Duration.ofMillis(150);

    boolean hungWorkers;
    Entrypoint entrypoint = Entrypoint.EXEC;
    int jdk = Jdk.CURRENT;
    boolean virtualThreads;
    boolean singlePort;
    Incident incident = Incident.NONE;
    Outage outage = Outage.NONE;
    boolean forgetfulPeer;
    int replacements = 1;
    int exitCode = 143;
    Set<Check> holding = EnumSet.allOf(Check.class);
    Set<Check> failing = EnumSet.noneOf(Check.class);
    boolean inShortForm;
    boolean repeated = true;

    Scenario(String name) {
        this.name = name;
    }

    /** Gives up on some checks: here they hold by chance at most. */
    void without(Check first, Check... rest) {
        holding.removeAll(EnumSet.of(first, rest));
    }

    /** Turns some checks around: the same check that guards the others has to strike here. */
    void mustFail(Check first, Check... rest) {
        failing = EnumSet.of(first, rest);
        holding.removeAll(failing);
        repeated = false;
    }

    /** Returns why it cannot be run here, or an empty text. */
    String obstacle() {
        if (!entrypoint.isInstalled()) {
            return "tini is not installed";
        }
        if (entrypoint != Entrypoint.EXEC && !PidNamespace.isAllowed()) {
            return "no PID namespaces here";
        }
        if (Jdk.find(jdk).isEmpty()) {
            return "no JDK " + jdk + " here";
        }
        return "";
    }
}
