package dev.leakproof.sample.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Runs the scenarios, a few at once, and leaves a table, a picture and the logs in a directory. Options: {@code --short} for
 * the scenarios that matter most, once each; {@code --only=regex} for those of a name; {@code --runs=n} for how often those
 * are run that have to hold each time (5); {@code --parallel=n} for how many run at once (2 of the short ones, else 3).
 */
public final class Drill {

    /** What is drawn. */
    private static final Set<String> PICTURED = Set.of("base", "hung workers", "no preStop");

    private final Path directory;
    private final ExecutorService threads;

    private Drill(Path directory, int parallel) {
        this.directory = directory;
        this.threads = Executors.newFixedThreadPool(parallel);
    }

    /** Ends with 0 if each check held where it has to, and struck where it has to. */
    public static void main(String[] args) throws Exception {
        Instant began = Instant.now();
        List<Report> reports = run(List.of(args));
        long bad = reports.stream().filter(report -> !report.isGood()).count();
        int runs = reports.stream().mapToInt(report -> report.runs().size()).sum();
        System.out.printf(
                "%d scenarios, %d runs, %d not as they must be, in %s%n",
                reports.size(),
                runs,
                bad,
                Duration.ofSeconds(Duration.between(began, Instant.now()).toSeconds()));
        // Nothing run is nothing shown.
        System.exit(bad == 0 && runs > 0 ? 0 : 1);
    }

    static List<Report> run(List<String> options) throws IOException, InterruptedException {
        // The database would fill the page otherwise.
        LoggingSystem.get(Drill.class.getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
        boolean isShort = options.contains("--short");
        String only = option(options, "only", ".*");
        int runs = Integer.parseInt(option(options, "runs", isShort ? "1" : "5"));
        int parallel = Integer.parseInt(option(options, "parallel", isShort ? "2" : "3"));
        List<Scenario> chosen = Scenarios.all().stream()
                .filter(scenario -> !isShort || scenario.inShortForm)
                .filter(scenario -> scenario.name.matches(only))
                .toList();
        if (isShort) {
            // As a gate it runs on machines that are busy, and a stop has to wait for the start.
            chosen.stream()
                    .filter(scenario -> scenario.incident == Scenario.Incident.TERM_WHILE_STARTING)
                    .forEach(scenario -> scenario.grace = scenario.grace.multipliedBy(2));
        }
        Path directory = Files.createDirectories(Path.of("target", "drill").toAbsolutePath());
        return new Drill(directory, parallel).run(chosen, runs);
    }

    private List<Report> run(List<Scenario> scenarios, int runs) throws IOException, InterruptedException {
        Map<Scenario, List<Future<Outcome>>> started = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            List<Future<Outcome>> ofScenario = started.computeIfAbsent(scenario, key -> new ArrayList<>());
            int count = !scenario.obstacle().isEmpty() ? 0 : scenario.repeated ? runs : 1;
            for (int i = 1; i <= count; i++) {
                String name = scenario.name.replaceAll("\\W+", "-") + "-" + i;
                ofScenario.add(threads.submit(() -> runOnce(scenario, name)));
            }
        }
        List<Report> reports = new ArrayList<>();
        try {
            for (Map.Entry<Scenario, List<Future<Outcome>>> entry : started.entrySet()) {
                reports.add(report(entry.getKey(), entry.getValue()));
            }
        } finally {
            threads.shutdownNow();
        }
        publish(reports);
        return reports;
    }

    private Outcome runOnce(Scenario scenario, String name) throws Exception {
        Outcome outcome = Rollout.run(scenario, Files.createDirectories(directory.resolve(name)));
        List<String> problems = Check.problems(outcome);
        System.out.println(name + ": " + (problems.isEmpty() ? "as it must be" : problems));
        outcome.failures().stream()
                .collect(Collectors.groupingBy(Traffic.Request::failure, Collectors.counting()))
                .forEach((failure, count) -> System.out.println(name + ": " + count + " times " + failure));
        return outcome;
    }

    private static Report report(Scenario scenario, List<Future<Outcome>> started) throws InterruptedException {
        List<Outcome> runs = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Future<Outcome> run : started) {
            try {
                runs.add(run.get());
            } catch (ExecutionException e) {
                problems.add("no result: " + e.getCause());
            }
        }
        runs.stream().flatMap(run -> Check.problems(run).stream()).distinct().forEach(problems::add);
        return new Report(scenario, runs, problems);
    }

    private void publish(List<Report> reports) throws IOException {
        String table = reports.stream().map(Report::row).collect(Collectors.joining("\n", Report.HEADER + "\n", "\n"));
        System.out.println(table);
        Files.writeString(directory.resolve("table.md"), table);
        List<Outcome> pictured = reports.stream()
                .filter(report -> PICTURED.contains(report.scenario().name))
                .flatMap(report -> report.runs().stream().limit(1))
                .toList();
        if (!pictured.isEmpty()) {
            Files.writeString(directory.resolve("timeline.svg"), Timeline.draw(pictured));
        }
    }

    private static String option(List<String> options, String name, String otherwise) {
        String prefix = "--" + name + "=";
        return options.stream()
                .filter(option -> option.startsWith(prefix))
                .map(option -> option.substring(prefix.length()))
                .findFirst()
                .orElse(otherwise);
    }
}
