package dev.leakproof.spring.actuate;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.Progress;
import dev.leakproof.RunStats;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Draws a tree as text: a line for each node with its name, kind, state and what there is to say of it, in columns.
 *
 * <p>What is not leakproof's own, such as a message, is stripped of control characters.
 */
final class TreeDrawing {

    private final View view;
    private final Instant now = Instant.now();
    private final List<Row> rows = new ArrayList<>();

    /** One line: the branches and the name, and what follows in columns; and the lines below it, if stacks are shown. */
    private record Row(String name, String kind, String state, String rest, List<String> below) {}

    private TreeDrawing(View view) {
        this.view = view;
    }

    static String of(NodeSnapshot root, View view) {
        TreeDrawing drawing = new TreeDrawing(view);
        drawing.add(root, root.path(), "", 1);
        return drawing.print();
    }

    private void add(NodeSnapshot node, String name, String indent, int level) {
        boolean deepest = level == View.MOST_LEVELS && !node.children().isEmpty();
        String rest =
                rest(node) + (deepest ? ", " + (node.all().count() - 1) + " below not shown: ask for this path" : "");
        rows.add(new Row(name, node.kind().label(), NodeDescriptor.lower(node.state()), rest, stacks(node, indent)));
        List<NodeSnapshot> children = deepest ? List.of() : node.children();
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            NodeSnapshot child = children.get(i);
            add(child, indent + (last ? "└─ " : "├─ ") + child.name(), indent + (last ? "   " : "│  "), level + 1);
        }
    }

    private List<String> stacks(NodeSnapshot node, String indent) {
        List<String> lines = new ArrayList<>();
        String own = indent + (node.children().isEmpty() ? "   " : "│  ");
        for (StackDescriptor stack : view.stacksAt(node.path())) {
            lines.add(own + "'" + Texts.oneLine(stack.thread()) + "' is " + stack.threadState());
            stack.stack().forEach(frame -> lines.add(own + "    at " + frame));
        }
        return lines;
    }

    private String print() {
        int names = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        int kinds = rows.stream().mapToInt(row -> row.kind().length()).max().orElse(0);
        int states = rows.stream().mapToInt(row -> row.state().length()).max().orElse(0);
        String format = "%-" + names + "s  %-" + kinds + "s  %-" + states + "s  %s";
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(format.formatted(row.name(), row.kind(), row.state(), row.rest())
                            .stripTrailing())
                    .append('\n');
            row.below().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    private String rest(NodeSnapshot node) {
        List<String> parts = new ArrayList<>();
        if (node.kind() == NodeKind.OWNER) {
            parts.add("stops within " + print(node.stopTimeout()));
        } else {
            parts.add(node.schedule());
        }
        RunStats runs = node.runs();
        if (runs != null) {
            addRuns(runs, parts);
        }
        if (node.restarts() > 0) {
            parts.add(node.restarts() + " restarts");
        }
        if (node.progress() != null) {
            addProgress(node.progress(), parts);
        }
        node.details().keySet().stream()
                .sorted()
                .forEach(key ->
                        parts.add(Texts.oneLine(key + " " + node.details().get(key))));
        if (node.failure() != null) {
            parts.add("failed: " + describe(node.failure()));
        }
        if (node.leak() != null) {
            parts.add((node.leak().isStuck() ? "stuck" : "slow")
                    + (view.values() ? " at " + node.leak().where() : ""));
        }
        return String.join(", ", parts);
    }

    private void addRuns(RunStats runs, List<String> parts) {
        if (runs.completed() + runs.failed() > 0) {
            parts.add(runs.completed() + runs.failed() + " runs");
        }
        if (runs.failed() > 0) {
            parts.add(runs.failed() + " failed");
        }
        if (runs.skipped() > 0) {
            parts.add(runs.skipped() + " skipped");
        }
        if (runs.consecutiveFailures() > 0 && runs.lastFailure() != null) {
            parts.add("last: " + describe(runs.lastFailure()));
        }
        if (runs.nextDue() != null) {
            Duration wait = Duration.between(now, runs.nextDue());
            parts.add(wait.isNegative() ? "due" : "next in " + print(wait));
        }
    }

    private void addProgress(Progress progress, List<String> parts) {
        if (progress.done() != null) {
            parts.add(progress.done() + (progress.total() == null ? " done" : " of " + progress.total() + " done"));
        }
        if (progress.note() != null && view.values()) {
            parts.add(Texts.oneLine(progress.note()));
        }
        if (progress.stalled()) {
            parts.add("stalled since " + print(Duration.between(progress.lastSign(), now)));
        }
    }

    private String describe(@Nullable Throwable failure) {
        if (failure == null) {
            return "";
        }
        return Texts.oneLine(
                view.values() ? failure.toString() : failure.getClass().getName());
    }

    static String print(Duration duration) {
        Duration rounded = duration.truncatedTo(
                duration.compareTo(Duration.ofSeconds(10)) < 0 ? ChronoUnit.MILLIS : ChronoUnit.SECONDS);
        return DurationFormatterUtils.print(rounded, DurationFormat.Style.COMPOSITE);
    }
}
