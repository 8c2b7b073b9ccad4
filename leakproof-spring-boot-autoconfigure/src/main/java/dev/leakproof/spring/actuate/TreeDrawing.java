package dev.leakproof.spring.actuate;

import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
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

    private final boolean showValues;
    private final Instant now = Instant.now();
    private final List<Row> rows = new ArrayList<>();

    /** One line: the branches and the name, and what follows in columns. */
    private record Row(String name, String kind, String state, String rest) {}

    private TreeDrawing(boolean showValues) {
        this.showValues = showValues;
    }

    static String of(NodeSnapshot root, boolean showValues) {
        TreeDrawing drawing = new TreeDrawing(showValues);
        drawing.add(root, root.path(), "");
        return drawing.print();
    }

    private void add(NodeSnapshot node, String name, String indent) {
        rows.add(new Row(name, node.kind().label(), NodeDescriptor.lower(node.state()), rest(node)));
        List<NodeSnapshot> children = node.children();
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            NodeSnapshot child = children.get(i);
            add(child, indent + (last ? "└─ " : "├─ ") + child.name(), indent + (last ? "   " : "│  "));
        }
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
        node.details().keySet().stream()
                .sorted()
                .forEach(key -> parts.add(clean(key + " " + node.details().get(key))));
        if (node.failure() != null) {
            parts.add("failed: " + describe(node.failure()));
        }
        if (node.leak() != null) {
            parts.add((node.leak().isStuck() ? "stuck" : "slow")
                    + (showValues ? " at " + node.leak().where() : ""));
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

    private String describe(@Nullable Throwable failure) {
        if (failure == null) {
            return "";
        }
        return clean(showValues ? failure.toString() : failure.getClass().getName());
    }

    private static String clean(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    }

    private static String print(Duration duration) {
        Duration rounded = duration.truncatedTo(
                duration.compareTo(Duration.ofSeconds(10)) < 0 ? ChronoUnit.MILLIS : ChronoUnit.SECONDS);
        return DurationFormatterUtils.print(rounded, DurationFormat.Style.COMPOSITE);
    }
}
