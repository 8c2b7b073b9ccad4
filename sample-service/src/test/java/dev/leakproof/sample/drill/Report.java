package dev.leakproof.sample.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the runs of one scenario have come to, as a row of a table in Markdown. */
record Report(Scenario scenario, List<Outcome> runs, List<String> problems) {

    static final String HEADER = """
            | scenario | runs | failed requests | lost | repeats | effects twice | exit | out of grace | grace used | final line | leaked | readiness from the deletion on | verdict |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|""";

    boolean isGood() {
        return problems.isEmpty();
    }

    /** Returns the row; counts are of all runs, the grace used is the most. */
    String row() {
        if (runs.isEmpty()) {
            return "| " + scenario.name + " |" + " |".repeat(11) + " " + verdict() + " |";
        }
        return Stream.of(
                        scenario.name,
                        runs.size(),
                        failures(),
                        runs.stream().mapToInt(Outcome::lost).sum(),
                        range(runs.stream().mapToLong(Outcome::repeats).summaryStatistics()),
                        runs.stream().mapToLong(Outcome::duplicatedEffects).sum(),
                        deletions()
                                .map(Deletion::exitCode)
                                .distinct()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")),
                        deletions().filter(Deletion::outOfGrace).count(),
                        graceUsed(),
                        deletions()
                                        .filter(deletion -> deletion.finalLine().isPresent())
                                        .count()
                                + " of " + deletions().count(),
                        deletions().mapToInt(Deletion::leaked).max().orElse(0),
                        readiness(),
                        verdict())
                .map(String::valueOf)
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private String verdict() {
        if (!isGood()) {
            return "**" + String.join("; ", problems) + "**";
        }
        if (runs.isEmpty()) {
            return "not run: " + scenario.obstacle();
        }
        return scenario.failing.isEmpty()
                ? "holds"
                : "strikes, as it must: "
                        + scenario.failing.stream().map(Check::toString).collect(Collectors.joining(", "));
    }

    private String failures() {
        long count = runs.stream().mapToLong(run -> run.failures().size()).sum();
        if (count == 0) {
            return "0";
        }
        LongSummaryStatistics window = runs.stream()
                .flatMap(run -> run.failures().stream()
                        .map(failure -> Duration.between(run.deletions().get(0).deleted(), failure.at())))
                .mapToLong(Duration::toMillis)
                .summaryStatistics();
        return "%d, %s to %s".formatted(count, seconds(window.getMin()), seconds(window.getMax()));
    }

    private String graceUsed() {
        Duration most = deletions()
                .map(Deletion::graceUsed)
                .reduce((first, second) -> first.compareTo(second) > 0 ? first : second)
                .orElse(Duration.ZERO);
        return "%s, %d %%".formatted(seconds(most.toMillis()), 100 * most.toMillis() / scenario.grace.toMillis());
    }

    private String readiness() {
        Deletion deletion = runs.get(0).deletions().get(0);
        return deletion.readiness().stream()
                .map(transition -> transition.answer() + sinceDeletion(deletion.deleted(), transition.at()))
                .collect(Collectors.joining(", "));
    }

    private Stream<Deletion> deletions() {
        return runs.stream().flatMap(run -> run.deletions().stream());
    }

    private static String sinceDeletion(Instant deleted, Instant at) {
        return at.isBefore(deleted)
                ? ""
                : " at " + seconds(Duration.between(deleted, at).toMillis());
    }

    private static String range(LongSummaryStatistics values) {
        return values.getMin() == values.getMax()
                ? String.valueOf(values.getMin())
                : values.getMin() + " to " + values.getMax();
    }

    private static String seconds(long millis) {
        return "%.1f s".formatted(millis / 1000.0);
    }
}
