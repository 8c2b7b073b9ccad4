package dev.leakproof.sample.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Draws stops over time, one panel for each run, all to one scale. */
final class Timeline {

    private static final int WIDTH = 980;
    private static final int LEFT = 110;
    private static final int PANEL = 232;
    private static final int HEAD = 40;
    private static final double BEFORE = 1;
    private static final double SLOT = 0.25;

    /** Pixels for each request in a slot. */
    private static final double REQUEST = 3.5;

    private static final String OLD = "#4878a8";
    private static final String NEW = "#7fb58a";
    private static final String BAD = "#cc3311";
    private static final String CALM = "#c8d6e5";
    private static final String WEB = "#f0c75e";
    private static final String WORKERS = "#e08e45";
    private static final String QUIET = "#9a9a9a";

    private final StringBuilder svg = new StringBuilder();
    private final double seconds;

    private Timeline(List<Outcome> runs) {
        seconds = runs.stream()
                        .mapToDouble(run -> since(run, run.deletions().get(0).ended()))
                        .max()
                        .orElse(0)
                + 2;
    }

    /** Returns the picture of the first deletion of each run. */
    static String draw(List<Outcome> runs) {
        return new Timeline(runs).picture(runs);
    }

    private String picture(List<Outcome> runs) {
        int height = HEAD + PANEL * runs.size();
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
        legend();
        for (int i = 0; i < runs.size(); i++) {
            panel(runs.get(i), HEAD + i * PANEL);
        }
        add("</svg>");
        return svg.toString();
    }

    private void legend() {
        String[][] entries = {
            {CALM, "preStop"},
            {WEB, "TERM, web drain"},
            {WORKERS, "workers drain, end"},
            {OLD, "to the old pod"},
            {NEW, "to the new pod"},
            {BAD, "failed, or not ready"},
            {QUIET, "deliveries"}
        };
        for (int i = 0; i < entries.length; i++) {
            int x = 12 + i * 138;
            add("<rect x=\"%d\" y=\"12\" width=\"12\" height=\"12\" fill=\"%s\"/>", x, entries[i][0]);
            text(x + 17, 22, entries[i][1]);
        }
    }

    private void panel(Outcome run, int top) {
        Deletion deletion = run.deletions().get(0);
        double terminated = since(run, deletion.terminated());
        double ended = since(run, deletion.ended());
        double drained = deletion.drained().map(at -> since(run, at)).orElse(ended);
        add("<text x=\"12\" y=\"%d\" font-weight=\"bold\">%s</text>", top + 16, run.scenario().name);
        text(LEFT, top + 16, deletion.finalLine().orElse("no final line") + "; exit " + deletion.exitCode());
        axis(top);

        row(top + 30, "pod");
        bar(0, terminated, top + 30, CALM);
        bar(terminated, drained, top + 30, WEB);
        bar(drained, ended, top + 30, WORKERS);
        row(top + 50, "endpoint");
        bar(-BEFORE, run.scenario().endpointDelay.toMillis() / 1000.0, top + 50, OLD);
        row(top + 70, "readiness");
        readiness(run, deletion, top + 70, ended);
        row(top + 128, "requests");
        histogram(run, top + 142);
        row(top + 180, "deliveries");
        deliveries(run, top + 190);
    }

    private void axis(int top) {
        for (int second = 0; second <= seconds; second++) {
            add(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#e4e4e4\"/>",
                    x(second), top + 26, x(second), top + 192);
            if (second % 2 == 0) {
                add(
                        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#666666\">%d s</text>",
                        x(second), top + 207, second);
            }
        }
    }

    private void readiness(Outcome run, Deletion deletion, int y, double ended) {
        List<Probe.Transition> all = deletion.readiness();
        for (int i = 0; i < all.size(); i++) {
            double from = Math.max(-BEFORE, since(run, all.get(i).at()));
            double to = i + 1 < all.size() ? since(run, all.get(i + 1).at()) : ended;
            bar(from, Math.min(to, ended), y, all.get(i).answer().equals("200") ? NEW : BAD);
        }
    }

    private void histogram(Outcome run, int bottom) {
        String old = run.deletions().get(0).pod();
        for (double slot = -BEFORE; slot < seconds; slot += SLOT) {
            double from = slot;
            Predicate<Traffic.Request> here = request -> isIn(from, since(run, request.at()));
            long bad = count(run, here.and(Traffic.Request::isFailure));
            long toOld = count(
                    run,
                    here.and(request -> !request.isFailure() && request.pod().equals(old)));
            long toNew = count(
                    run,
                    here.and(request -> !request.isFailure() && !request.pod().equals(old)));
            double y = column(slot, bottom, bad, BAD);
            y = column(slot, y, toOld, OLD);
            column(slot, y, toNew, NEW);
        }
    }

    private void deliveries(Outcome run, int bottom) {
        for (double slot = -BEFORE; slot < seconds; slot += SLOT) {
            double from = slot;
            long count = run.deliveries().stream()
                    .filter(delivery -> isIn(from, since(run, delivery.at())))
                    .count();
            // All that was left comes at once when the peer is told to hurry at the end.
            column(slot, bottom, Math.min(count, 12), QUIET);
        }
    }

    /** Draws a part of a column and returns where it ends. */
    private double column(double slot, double bottom, long count, String colour) {
        double height = count * REQUEST;
        if (count > 0) {
            add(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                    x(slot), bottom - height, x(slot + SLOT) - x(slot) - 1, height, colour);
        }
        return bottom - height;
    }

    private void bar(double from, double to, int y, String colour) {
        add(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"13\" fill=\"%s\"/>",
                x(from), y, Math.max(0, x(to) - x(from)), colour);
    }

    private void row(int y, String name) {
        text(12, y + 11, name);
    }

    private void text(int x, int y, String text) {
        add("<text x=\"%d\" y=\"%d\">%s</text>", x, y, text);
    }

    private double x(double second) {
        return LEFT + (second + BEFORE) * (WIDTH - LEFT - 12) / (seconds + BEFORE);
    }

    private void add(String format, Object... arguments) {
        svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    private static boolean isIn(double slot, double second) {
        return second >= slot && second < slot + SLOT;
    }

    private static long count(Outcome run, Predicate<Traffic.Request> condition) {
        return Stream.of(run.requests()).flatMap(List::stream).filter(condition).count();
    }

    private static double since(Outcome run, Instant at) {
        return Duration.between(run.deletions().get(0).deleted(), at).toMillis() / 1000.0;
    }
}
