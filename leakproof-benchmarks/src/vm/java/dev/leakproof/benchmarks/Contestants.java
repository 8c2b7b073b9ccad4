package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** All that begin work side by side. */
final class Contestants {

    private Contestants() {}

    static List<Peer> peers() throws ReflectiveOperationException {
        List<Peer> peers = new ArrayList<>();
        peers.add(Groups.plain());
        peers.addAll(Peers.find(Peer.class, "TaskScopes"));
        peers.add(new PerTaskExecutors());
        peers.add(new SpringExecutors());
        peers.addAll(Peers.find(Peer.class, "OxScopes", "Coroutines", "Actors"));
        return peers;
    }
}
