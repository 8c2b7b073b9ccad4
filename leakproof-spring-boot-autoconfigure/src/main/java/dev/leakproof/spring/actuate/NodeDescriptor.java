package dev.leakproof.spring.actuate;

import dev.leakproof.ExitStory;
import dev.leakproof.Leak;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Progress;
import dev.leakproof.RunStats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One node and all below it, as the endpoint shows it. Nulls are left out of the JSON.
 *
 * @param path the names from the root down, joined by slashes
 * @param name the last part of the path
 * @param id what names it in logs, metrics and properties
 * @param kind what it is, such as {@code worker}
 * @param state its state, such as {@code running}
 * @param since when it came into that state
 * @param starts how often it was started
 * @param stops how often it ended
 * @param restarts how often its restart policy started it again
 * @param createdAt the line of code that built it
 * @param exitStory who owns it, what tells it to stop, what it does then, how its completion is signalled
 * @param stopMode what it does when told to stop, such as {@code finish}
 * @param stopTimeout the most it gets to stop
 * @param schedule when it runs; null for an owner
 * @param runs its runs; null for an owner
 * @param progress how far it has got; null if it has not said
 * @param thread the name of the thread that runs its body now
 * @param failure why it failed
 * @param leak where it is stuck, once leaked
 * @param stacks where its threads are now, if that was asked for and values are shown
 * @param details what else its kind has to say
 * @param children the nodes below
 * @param omitted how many nodes below it are left out, as no answer goes deeper than 200 levels; null if none. Ask for
 *     this path to see them
 */
public record NodeDescriptor(
        String path,
        String name,
        String id,
        String kind,
        String state,
        Instant since,
        long starts,
        long stops,
        long restarts,
        String createdAt,
        ExitStory exitStory,
        String stopMode,
        Duration stopTimeout,
        @Nullable String schedule,
        @Nullable RunsDescriptor runs,
        @Nullable ProgressDescriptor progress,
        @Nullable String thread,
        @Nullable FailureDescriptor failure,
        @Nullable LeakDescriptor leak,
        @Nullable List<StackDescriptor> stacks,
        Map<String, Object> details,
        List<NodeDescriptor> children,
        @Nullable Long omitted)
        implements OperationResponseBody {

    static NodeDescriptor of(NodeSnapshot node, View view) {
        return of(node, view, 1);
    }

    private static NodeDescriptor of(NodeSnapshot node, View view, int level) {
        boolean deepest = level == View.MOST_LEVELS && !node.children().isEmpty();
        List<StackDescriptor> stacks = view.stacksAt(node.path());
        return new NodeDescriptor(
                node.path(),
                node.name(),
                node.id(),
                node.kind().label(),
                lower(node.state()),
                node.since(),
                node.starts(),
                node.stops(),
                node.restarts(),
                node.createdAt(),
                node.exitStory(),
                lower(node.stopMode()),
                node.stopTimeout(),
                node.schedule().isEmpty() ? null : node.schedule(),
                RunsDescriptor.of(node.runs(), view.values()),
                ProgressDescriptor.of(node.progress(), view.values()),
                Texts.wellFormed(node.thread()),
                FailureDescriptor.of(node.failure(), view.values()),
                LeakDescriptor.of(node.leak(), view.values()),
                stacks.isEmpty() ? null : stacks,
                plain(node.details()),
                deepest
                        ? List.of()
                        : node.children().stream()
                                .map(child -> of(child, view, level + 1))
                                .toList(),
                deepest ? node.all().count() - 1 : null);
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Only what every JSON mapper can write, in a stable order. */
    private static Map<String, Object> plain(Map<String, Object> details) {
        Map<String, Object> plain = new TreeMap<>();
        details.forEach((key, value) -> plain.put(
                key,
                value instanceof Number || value instanceof Boolean
                        ? value
                        : String.valueOf(Texts.wellFormed(String.valueOf(value)))));
        return plain;
    }

    /**
     * The runs of a worker so far.
     *
     * @param completed runs that ended without an exception
     * @param failed runs that ended by one
     * @param consecutiveFailures failed runs since the last completed one
     * @param skipped runs left out because the one before was still at work
     * @param lastStarted when the last run started
     * @param lastDuration how long the last finished run took
     * @param lastLateness how long after its due time the last run started
     * @param nextDue when the next run is due
     * @param lastFailure why the last failed run failed
     * @param lastFailed when that was
     */
    public record RunsDescriptor(
            long completed,
            long failed,
            int consecutiveFailures,
            long skipped,
            @Nullable Instant lastStarted,
            @Nullable Duration lastDuration,
            @Nullable Duration lastLateness,
            @Nullable Instant nextDue,
            @Nullable FailureDescriptor lastFailure,
            @Nullable Instant lastFailed) {

        static @Nullable RunsDescriptor of(@Nullable RunStats runs, boolean showValues) {
            return runs == null
                    ? null
                    : new RunsDescriptor(
                            runs.completed(),
                            runs.failed(),
                            runs.consecutiveFailures(),
                            runs.skipped(),
                            runs.lastStarted(),
                            runs.lastDuration(),
                            runs.lastLateness(),
                            runs.nextDue(),
                            FailureDescriptor.of(runs.lastFailure(), showValues),
                            runs.lastFailed());
        }
    }

    /**
     * How far a worker has got, by its own word.
     *
     * @param done how much is done
     * @param total of how much
     * @param note what it is at, if values are shown
     * @param lastSign when it last gave a sign of life
     * @param stallAfter after how long without one it counts as stalled; null if never
     * @param stalled whether it does now
     */
    public record ProgressDescriptor(
            @Nullable Long done,
            @Nullable Long total,
            @Nullable String note,
            Instant lastSign,
            @Nullable Duration stallAfter,
            boolean stalled) {

        static @Nullable ProgressDescriptor of(@Nullable Progress progress, boolean showValues) {
            return progress == null
                    ? null
                    : new ProgressDescriptor(
                            progress.done(),
                            progress.total(),
                            showValues ? Texts.wellFormed(progress.note()) : null,
                            progress.lastSign(),
                            progress.stallAfter(),
                            progress.stalled());
        }
    }

    /**
     * An exception or error.
     *
     * @param type its class
     * @param message its message, if values are shown
     */
    public record FailureDescriptor(String type, @Nullable String message) {

        static @Nullable FailureDescriptor of(@Nullable Throwable failure, boolean showValues) {
            return failure == null
                    ? null
                    : new FailureDescriptor(
                            failure.getClass().getName(), showValues ? Texts.wellFormed(failure.getMessage()) : null);
        }
    }

    /**
     * Where a leaked thread was.
     *
     * @param thread its name
     * @param threadState its state
     * @param stuck whether it was on the same line twice
     * @param where the line, if values are shown
     * @param stack its stack, innermost frame first, if values are shown
     */
    public record LeakDescriptor(
            String thread,
            String threadState,
            boolean stuck,
            @Nullable String where,
            @Nullable List<String> stack) {

        static @Nullable LeakDescriptor of(@Nullable Leak leak, boolean showValues) {
            return leak == null
                    ? null
                    : new LeakDescriptor(
                            String.valueOf(Texts.wellFormed(leak.thread())),
                            lower(leak.threadState()),
                            leak.isStuck(),
                            showValues ? leak.where() : null,
                            showValues ? leak.last().stream().map(Texts::frame).toList() : null);
        }
    }
}
