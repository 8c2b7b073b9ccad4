package dev.leakproof.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results of all programs: a file for each area, a line of JSON for each contestant of a row. */
final class Results {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Results() {}

    static void add(List<Result> results) throws IOException {
        for (Result result : results) {
            Path file = Settings.results().resolve(result.area() + ".json");
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, JSON.writeValueAsString(result) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %-34s %-34s %,12.1f %-6s %6.2f (%.2f to %.2f)%n",
                    result.area(),
                    result.row(),
                    result.contestant(),
                    result.median(),
                    result.unit(),
                    result.ratio(),
                    result.ratioLow(),
                    result.ratioHigh());
        }
    }

    /** Returns all there are by size; of two of the same contestant in the same row, on the same JDK, the later one. */
    static List<Result> read() throws IOException {
        List<Result> results = new ArrayList<>();
        try (Stream<Path> files = Files.list(Settings.results())) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".jmh.json")) {
                    JmhResults.read(JSON.readTree(file.toFile())).forEach(result -> put(results, result));
                } else if (file.toString().endsWith(".json")) {
                    for (String line : Files.readAllLines(file)) {
                        put(results, JSON.readValue(line, Result.class));
                    }
                }
            }
        }
        results.sort(Comparator.comparingLong(Result::size));
        return results;
    }

    private static void put(List<Result> results, Result result) {
        results.removeIf(other -> other.area().equals(result.area())
                && other.row().equals(result.row())
                && other.contestant().equals(result.contestant())
                && other.jdk().equals(result.jdk()));
        results.add(result);
    }
}
