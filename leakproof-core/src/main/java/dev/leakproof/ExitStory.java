package dev.leakproof;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
        Node owner = node.lastOwner();
        return owner == null ? "none" : owner.path();
    }

    private static String signal(Node node) {
        if (node.kind() == NodeKind.GROUP) {
            return "the stop of what it belongs to, its deadline, cancel() or close()";
        }
        return node.parent() == null ? "its own stop() or close()" : "the stop of its owner, or its own stop()";
    }

    private static String response(Node node) {
        Duration total = node.effectiveStopTimeout();
        Response known = Response.last;
        if (known == null || !known.isFor(node, total)) {
            known = new Response(node, total);
            Response.last = known;
        }
        return known.text;
    }

    /**
     * The last text and what it was made of: siblings share theirs, and each event and each look at a tree asks again.
     * No record, because the model checker cannot reach into a record's static fields.
     */
    private static final class Response {

        static volatile @Nullable Response last;

        private final boolean hasBody;
        private final StopMode mode;
        private final Duration total;
        private final String text;

        Response(Node node, Duration total) {
            this.hasBody = node.hasBody();
            this.mode = node.effectiveStopMode();
            this.total = total;
            this.text = responseWithin(total, node);
        }

        boolean isFor(Node node, Duration stopTimeout) {
            return hasBody == node.hasBody() && mode == node.effectiveStopMode() && total.equals(stopTimeout);
        }
    }

    private static String responseWithin(Duration total, Node node) {
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
