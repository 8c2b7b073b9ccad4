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
        return new ExitStory(owner(node), signal(node), response(node), completion(node));
    }

    static String owner(Node node) {
        Node parent = node.parent();
        return parent == null ? "none" : parent.path();
    }

    private static String signal(Node node) {
        if (node.kind() == NodeKind.GROUP) {
            return "the stop of what it belongs to, its deadline, cancel() or close()";
        }
        return node.parent() == null ? "its own stop() or close()" : "the stop of its owner, or its own stop()";
    }

    private static String response(Node node) {
        Duration total = node.effectiveStopTimeout();
        String given = "up to " + Durations.format(total);
        String force = Durations.format(Duration.ofNanos(total.toNanos() / Timetable.FORCE_SHARE));
        if (!node.hasBody()) {
            return "passes the signal on to its children; " + given;
        }
        return switch (node.effectiveStopMode()) {
            case INTERRUPT -> "is cancelled and interrupted at once; " + given;
            case FINISH -> "completes the unit in hand; cancelled and interrupted for the last " + force + "; " + given;
            case DRAIN -> "completes accepted work; cancelled and interrupted for the last " + force + "; " + given;
        };
    }

    private static String completion(Node node) {
        if (node.kind() == NodeKind.GROUP) {
            return "its forks have ended, for which whoever closes it waits";
        }
        return node.hasBody() ? "its body has returned and its children are done" : "its children are done";
    }
}
