package dev.leakproof.sample.drill;

import java.util.List;

/**
 * What came of one run.
 *
 * @param scenario of what
 * @param requests all requests, in order
 * @param deliveries all deliveries that the peer has taken, in order
 * @param deletions the ends of pods, in order
 * @param accepted orders that a client was told are accepted
 * @param lost of these, those that the peer was not told of in the end
 */
record Outcome(
        Scenario scenario,
        List<Traffic.Request> requests,
        List<Peer.Delivery> deliveries,
        List<Deletion> deletions,
        int accepted,
        int lost) {

    List<Traffic.Request> failures() {
        return requests.stream().filter(Traffic.Request::isFailure).toList();
    }

    /** Returns how many deliveries were of a key that the peer knew. */
    long repeats() {
        return deliveries.size() - distinct();
    }

    long duplicatedEffects() {
        return deliveries.stream().filter(Peer.Delivery::hadEffect).count() - distinct();
    }

    private long distinct() {
        return deliveries.stream().map(Peer.Delivery::key).distinct().count();
    }
}
