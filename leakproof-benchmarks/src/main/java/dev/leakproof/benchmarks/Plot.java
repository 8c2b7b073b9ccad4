package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars of the ratios to the limit as an SVG, with a line at 1 and whiskers for the quartiles. */
final class Plot {

    private static final int LINE = 16;
    private static final int LEFT = 260;
    private static final int WIDTH = 860;

    /** What is worse than that is cut off, and says so by its number. */
    private static final double MOST = 4;

    private final StringBuilder svg = new StringBuilder();
    private int y = 8;

    private Plot() {}

    static String of(List<Result> results) {
        Map<String, List<Result>> rows = new LinkedHashMap<>();
        results.stream()
                .filter(result -> !Double.isNaN(result.ratio()))
                .forEach(result -> rows.computeIfAbsent(result.row(), row -> new ArrayList<>())
                        .add(result));
        Plot plot = new Plot();
        rows.forEach(plot::row);
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                                + " font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                        WIDTH,
                        plot.y)
                + plot.svg + "</svg>\n";
    }

    private void row(String name, List<Result> results) {
        y += LINE;
        text(8, "start", "bold", name);
        int top = y;
        for (Result result : results) {
            y += LINE;
            boolean ours = isOurs(result.contestant());
            text(LEFT - 8, "end", ours ? "bold" : "normal", result.contestant());
            rect(x(0), x(result.ratio()) - x(0), ours ? "#2a7" : "#9ab");
            line(x(result.ratioLow()), y - 5, x(result.ratioHigh()), y - 5, "#333");
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\">%.2f</text>%n",
                    Math.max(x(result.ratio()), x(result.ratioHigh())) + 4,
                    y - 1,
                    result.ratio()));
        }
        line(x(1), top + 4, x(1), y + 2, "#c33");
        y += LINE / 2;
    }

    private static boolean isOurs(String name) {
        return name.startsWith("TaskGroup")
                || name.startsWith("Owner")
                || name.contains("leakproof")
                || name.startsWith("Heartbeat")
                || name.startsWith("EvictingCache");
    }

    private static double x(double ratio) {
        return LEFT + Math.min(ratio, MOST) * (WIDTH - LEFT - 50) / MOST;
    }

    private void text(int x, String anchor, String weight, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
                x,
                y - 1,
                anchor,
                weight,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private void rect(double x, double width, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x,
                y - LINE + 4,
                width,
                LINE - 4,
                colour));
    }

    private void line(double x1, double y1, double x2, double y2, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
                x1,
                y1,
                x2,
                y2,
                colour));
    }
}
