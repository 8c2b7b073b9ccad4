package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node and all below it, as they were when it was taken. Taking it never blocks.
 *
 * @param path the names from the root down, joined by slashes
 * @param name the last part of the path
 * @param id what names it in logs, metrics and properties; its name unless set otherwise
 * @param kind what it is
 * @param state its state
 * @param since when it came into that state
 * @param starts how often it was started
 * @param stops how often it ended; a leaked one that never ended is not counted
 * @param restarts how often it was started again by its restart policy
 * @param createdAt the line of code that built it
 * @param exitStory its four answers
 * @param stopMode what it does when told to stop
 * @param stopTimeout the most it gets to stop
 * @param schedule when it runs, such as {@code every 5s}, or {@code loops}; empty for an owner
 * @param runs its runs; null for an owner
 * @param progress how far it has got; null if it has not said and has no time after which it is stalled
 * @param thread the name of the thread that runs its body now, or null
 * @param failure why it failed, or null
 * @param leak where it was stuck, while it is {@link NodeState#LEAKED}, or null
 * @param details what else its kind has to say, such as the size of a cache
 * @param children the nodes below, in the order they were attached
 */
public record NodeSnapshot(
        String path,
        String name,
        String id,
        NodeKind kind,
        NodeState state,
        Instant since,
        long starts,
        long stops,
        long restarts,
        String createdAt,
        ExitStory exitStory,
        StopMode stopMode,
        Duration stopTimeout,
        String schedule,
        @Nullable RunStats runs,
        @Nullable Progress progress,
        @Nullable String thread,
        @Nullable Throwable failure,
        @Nullable Leak leak,
        Map<String, Object> details,
        List<NodeSnapshot> children) {

    /** Copies its collections. */
    public NodeSnapshot {
        details = Map.copyOf(details);
        children = List.copyOf(children);
    }

    /** Returns this node and all below it, parents first. However deep the tree is, it takes no deep stack. */
    public Stream<NodeSnapshot> all() {
        List<NodeSnapshot> all = new ArrayList<>();
        Deque<NodeSnapshot> next = new ArrayDeque<>(List.of(this));
        while (!next.isEmpty()) {
            NodeSnapshot node = next.pop();
            all.add(node);
            for (int i = node.children.size() - 1; i >= 0; i--) {
                next.push(node.children.get(i));
            }
        }
        return all.stream();
    }
}
