package dev.leakproof.spring.actuate;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Suspect;
import dev.leakproof.spring.actuate.ThreadsView.Owned;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a census as text: below each ownership its owners, and for each of those a line for all threads that do the
 * same.
 *
 * <p>Names are stripped of control characters.
 */
final class ThreadsDrawing {

    private final ThreadsView view;
    private final StringBuilder text = new StringBuilder();
    private final int width;

    private ThreadsDrawing(ThreadsView view) {
        this.view = view;
        this.width = view.owners().stream()
                .mapToInt(owned -> label(owned).length())
                .max()
                .orElse(0);
    }

    static String of(ThreadsView view) {
        ThreadsDrawing drawing = new ThreadsDrawing(view);
        drawing.draw();
        return drawing.text.toString();
    }

    private void draw() {
        text.append(view.threads().size())
                .append(" threads: ")
                .append(view.counts().entrySet().stream()
                        .map(count -> count.getValue() + " " + NodeDescriptor.lower(count.getKey()))
                        .collect(Collectors.joining(", ")))
                .append('\n');
        if (view.virtual().note() != null) {
            text.append("without virtual threads: ")
                    .append(view.virtual().note())
                    .append('\n');
        }
        view.suspects().forEach(this::draw);
        List<Owned> owners = view.owners();
        for (int i = 0; i < owners.size(); i++) {
            Owned owned = owners.get(i);
            boolean first = i == 0 || owners.get(i - 1).ownership() != owned.ownership();
            boolean last = i == owners.size() - 1 || owners.get(i + 1).ownership() != owned.ownership();
            if (first) {
                text.append('\n')
                        .append(NodeDescriptor.lower(owned.ownership()))
                        .append('\n');
            }
            draw(owned, last);
        }
    }

    private void draw(Suspect suspect) {
        text.append("suspect: ").append(Texts.oneLine(suspect.toString())).append('\n');
        if (view.showValues()) {
            drawStack(suspect.thread(), "   ");
            if (suspect.holder() != null) {
                text.append("   held by ")
                        .append(Texts.oneLine(suspect.holder().toString()))
                        .append('\n');
                drawStack(suspect.holder(), "   ");
            }
        }
    }

    private void draw(Owned owned, boolean last) {
        String branch = last ? "└─ " : "├─ ";
        String label = label(owned);
        for (List<LiveThread> same : groups(owned.threads())) {
            text.append(branch)
                    .append(label)
                    .append(" ".repeat(width - label.length()))
                    .append("  ")
                    .append(describe(same))
                    .append('\n');
            branch = last ? "   " : "│  ";
            label = "";
            if (view.stacks()) {
                drawStack(same.get(0), branch + "  ");
            }
        }
    }

    /** Threads of one stack and one state do the same, whatever lock or connection they wait for. */
    private static List<List<LiveThread>> groups(List<LiveThread> threads) {
        Map<List<Object>, List<LiveThread>> groups = new LinkedHashMap<>();
        threads.forEach(live -> groups.computeIfAbsent(
                        List.of(live.state(), live.virtual(), live.stack()), same -> new ArrayList<>())
                .add(live));
        return List.copyOf(groups.values());
    }

    private String describe(List<LiveThread> same) {
        LiveThread one = same.get(0);
        String creator = view.creators().get(one.id());
        return same.size() + (one.virtual() ? " virtual " : " ") + NodeDescriptor.lower(one.state()) + "  "
                + Texts.oneLine(one.name().isEmpty() ? "(no name)" : one.name())
                + (same.size() > 1 ? " and " + (same.size() - 1) + " more" : "")
                + (creator == null ? "" : ", started by " + Texts.oneLine(creator));
    }

    private void drawStack(LiveThread live, String indent) {
        live.stack()
                .forEach(frame -> text.append(indent)
                        .append("at ")
                        .append(Texts.frame(frame))
                        .append('\n'));
    }

    private static String label(Owned owned) {
        return owned.owner() == null ? "?" : Texts.oneLine(owned.owner());
    }
}
