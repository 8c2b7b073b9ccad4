package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A table in Markdown: a line for each contestant, a column for each row of the area, and the growth over the sizes. */
final class Table {

    private Table() {}

    static String of(List<Result> results) {
        Set<String> columns = new LinkedHashSet<>();
        Map<String, Map<String, Result>> lines = new LinkedHashMap<>();
        for (Result result : results) {
            columns.add(result.row());
            lines.computeIfAbsent(result.contestant(), name -> new LinkedHashMap<>())
                    .put(result.row(), result);
        }
        boolean grows = lines.values().stream().anyMatch(line -> !Double.isNaN(growth(line.values())));
        StringBuilder table = new StringBuilder("| |");
        columns.forEach(column -> table.append(' ').append(column).append(" |"));
        table.append(grows ? " growth |\n" : "\n")
                .append("|---|")
                .append("---|".repeat(columns.size() + (grows ? 1 : 0)));
        lines.forEach((name, line) -> {
            table.append("\n| ").append(name).append(" |");
            columns.forEach(
                    column -> table.append(' ').append(cell(line.get(column))).append(" |"));
            if (grows) {
                double growth = growth(line.values());
                table.append(Double.isNaN(growth) ? " |" : String.format(Locale.ROOT, " n^%.2f |", growth));
            }
        });
        return table.append('\n').toString();
    }

    private static String cell(Result result) {
        if (result == null) {
            return "";
        }
        if (Double.isNaN(result.ratio()) || (result.ratio() == 1 && result.ratioLow() == result.ratioHigh())) {
            String unit = result.unit().isEmpty() ? "" : " " + result.unit();
            return number(result.median()) + unit + " (" + number(result.low()) + "–" + number(result.high()) + ")";
        }
        return String.format(
                Locale.ROOT, "**%.2f** (%.2f–%.2f)", result.ratio(), result.ratioLow(), result.ratioHigh());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%,.2f" : "%,.0f", value);
    }

    /** Returns the exponent of the whole cost over the size, by least squares; NaN for fewer than three sizes. */
    static double growth(Collection<Result> line) {
        List<double[]> points = new ArrayList<>();
        for (Result result : line) {
            if (result.size() > 0 && result.median() > 0) {
                points.add(new double[] {Math.log(result.size()), Math.log(result.median() * result.size())});
            }
        }
        if (points.size() < 3) {
            return Double.NaN;
        }
        double meanX = points.stream().mapToDouble(point -> point[0]).average().orElseThrow();
        double meanY = points.stream().mapToDouble(point -> point[1]).average().orElseThrow();
        double both = points.stream()
                .mapToDouble(point -> (point[0] - meanX) * (point[1] - meanY))
                .sum();
        return both
                / points.stream()
                        .mapToDouble(point -> Math.pow(point[0] - meanX, 2))
                        .sum();
    }
}
