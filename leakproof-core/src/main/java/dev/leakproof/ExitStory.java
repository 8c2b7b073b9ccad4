package dev.leakproof;

import java.time.Duration;

/**
 * The four answers that every node owes before it starts. They follow from how it was built, so no node is without.
 *
 * @param owner who owns it: the path of its owner, or {@code none} for a root
 * @param signal what tells it to stop
 * @param response what it does then
 * @param completion how its completion is signalled
 */
public record ExitStory(String owner, String signal, String response, String completion) {

    static ExitStory of(Node node) {
        Owner parent = null;
        Node above = node.parent();
        String owner = above == null ? "none" : above.path();
        Duration total = node.effectiveStopTimeout();
        return new ExitStory(owner, signal(node, parent), response(node, total), completion(node));
    }
}
