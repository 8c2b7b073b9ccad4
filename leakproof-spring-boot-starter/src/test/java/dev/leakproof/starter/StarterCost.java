package dev.leakproof.starter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the starter costs a plain web application: the same application without it, with it, and with it and a thousand
 * workers, started in turns, each in a JVM of its own. Not a test, for its figures are worth something on a machine at
 * rest only:
 *
 * <pre>{@code
 * mvn -pl leakproof-spring-boot-starter -am package -DskipTests
 * java -cp leakproof-spring-boot-starter/target/test-classes dev.leakproof.starter.StarterCost 20
 * }</pre>
 *
 * A second argument is a file to which the figures are added as lines of JSON, for the report of the benchmarks.
 */
final class StarterCost {

    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    private static final Pattern THREAD = Pattern.compile("(?m)^\"[^\\n]*\" #\\d+ ");

    private static final List<String> OPTIONS = List.of("-Xmx256m");

    private static final String[] ARGUMENTS = {"--server.port=0", "--spring.threads.virtual.enabled=true"};

    /** What is built, and how it is called in the tables; the others are compared to the first. */
    private static final Map<String, String> APPLICATIONS = new LinkedHashMap<>();

    private static final Map<String, ToDoubleFunction<Life>> FIGURES = new LinkedHashMap<>();

    static {
        APPLICATIONS.put("cost-without", "without the starter");
        APPLICATIONS.put("cost-with", "with the starter");
        APPLICATIONS.put("cost-workers", "with 1,000 workers");
        FIGURES.put("startup, ms", Life::startupMillis);
        FIGURES.put("CPU time of the main thread, ms", Life::mainMillis);
        FIGURES.put("heap after GC, kB", Life::heapKilobytes);
        FIGURES.put("Java threads", Life::threads);
        FIGURES.put("SIGTERM to exit, ms", Life::exitMillis);
    }

    private StarterCost() {}

    /** One life of the application. */
    private record Life(
            double startupMillis, double mainMillis, double heapKilobytes, double threads, double exitMillis) {}

    /** A way to start an application. */
    private record Start(Path jar, List<String> options) {}

    /** Ways that are compared with each other, and how they went. */
    private record Area(String name, Map<String, Start> starts, Map<String, List<Life>> lives) {

        static Area of(String name, Map<String, Start> starts) {
            Map<String, List<Life>> lives = new LinkedHashMap<>();
            starts.keySet().forEach(contestant -> lives.put(contestant, new ArrayList<>()));
            return new Area(name, starts, lives);
        }

        void live(String contestant, boolean counts) throws IOException, InterruptedException {
            Life life = StarterCost.live(starts.get(contestant));
            if (counts) {
                lives.get(contestant).add(life);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        List<Area> areas = areas();
        for (int i = 0; i <= rounds; i++) {
            for (Area area : areas) {
                List<String> order = new ArrayList<>(area.starts().keySet());
                Collections.shuffle(order);
                for (String contestant : order) {
                    area.live(contestant, i > 0); // the first only warms the machine's caches
                }
            }
            System.err.print('.');
        }
        System.err.println();
        System.out.printf(
                "%d starts each, in turns; JDK %s, %d cores. Medians:%n",
                rounds, Runtime.version().feature(), Runtime.getRuntime().availableProcessors());
        for (Area area : areas) {
            System.out.printf("%n%s%n%n", area.name());
            System.out.println(
                    "| what | without | with | difference | median of the rounds' differences, middle half |");
            System.out.println("|---|---|---|---|---|");
            FIGURES.forEach((what, figure) -> print(what, area, figure));
            if (args.length > 1) {
                FIGURES.forEach((what, figure) -> write(Path.of(args[1]), what, area, figure));
            }
        }
    }

    private static List<Area> areas() throws IOException, InterruptedException {
        Consumers consumers = Consumers.build(APPLICATIONS.keySet().toArray(String[]::new));
        Map<String, Start> plain = new LinkedHashMap<>();
        Map<String, Start> cached = new LinkedHashMap<>();
        for (Map.Entry<String, String> application : APPLICATIONS.entrySet()) {
            Path jar = consumers.jar(application.getKey());
            plain.put(application.getValue(), new Start(jar, OPTIONS));
            if (CachedConsumer.isPossible()) {
                CachedConsumer consumer = CachedConsumer.of(jar, OPTIONS, ARGUMENTS);
                // It would start without a cache that it cannot use, and say nothing.
                List<String> options = ConsumerProcess.with(OPTIONS, "-XX:AOTMode=on");
                cached.put(
                        application.getValue(),
                        new Start(consumer.jar(), ConsumerProcess.with(options, "-XX:AOTCache=" + consumer.cache())));
            }
        }
        List<Area> areas = new ArrayList<>(List.of(Area.of("starter", plain)));
        if (!cached.isEmpty()) {
            areas.add(Area.of("starter-cached", cached));
        }
        return areas;
    }

    /** Adds lines that the report of the benchmarks reads, in which ratios are to the first in the same round. */
    private static void write(Path file, String what, Area area, ToDoubleFunction<Life> figure) {
        List<Life> without = first(area);
        area.lives().forEach((contestant, some) -> {
            double[] values = sorted(some.stream().mapToDouble(figure).toArray());
            double[] ratios = new double[values.length];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = figure.applyAsDouble(some.get(i)) / figure.applyAsDouble(without.get(i));
            }
            sorted(ratios);
            String[] parts = what.split(", ");
            String line = String.format(
                    Locale.ROOT,
                    "{\"area\":\"%s\",\"row\":\"%s\",\"contestant\":\"%s\",\"unit\":\"%s\",\"median\":%f,\"low\":%f,"
                            + "\"high\":%f,\"ratio\":%f,\"ratioLow\":%f,\"ratioHigh\":%f,\"rounds\":%d,\"size\":0,"
                            + "\"jdk\":\"%s\"}%n",
                    area.name(),
                    parts[0],
                    contestant,
                    parts.length > 1 ? parts[1] : "",
                    quantile(values, 0.5),
                    quantile(values, 0.25),
                    quantile(values, 0.75),
                    quantile(ratios, 0.5),
                    quantile(ratios, 0.25),
                    quantile(ratios, 0.75),
                    values.length,
                    System.getProperty("java.version"));
            try {
                Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static List<Life> first(Area area) {
        return area.lives().values().iterator().next();
    }

    private static Life live(Start start) throws IOException, InterruptedException {
        try (ConsumerProcess consumer = ConsumerProcess.start(start.jar(), start.options(), ARGUMENTS)) {
            double startup = consumer.startup().toMillis();
            double main = mainNanos(consumer.pid()) / 1e6;
            double heap = liveBytes(consumer.pid()) / 1024;
            double threads = THREAD.matcher(jcmd(consumer.pid(), "Thread.print"))
                    .results()
                    .count();
            Duration exit = consumer.terminate();
            return new Life(startup, main, heap, threads, exit.toNanos() / 1e6);
        }
    }

    /** What Linux says of the JVM's first thread of Java; less at the mercy of a busy machine than the time that passed. */
    private static double mainNanos(long pid) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            Path main = threads.filter(thread -> !thread.endsWith(Long.toString(pid)))
                    .min(Comparator.comparingLong(
                            thread -> Long.parseLong(thread.getFileName().toString())))
                    .orElseThrow();
            return Double.parseDouble(
                    Files.readString(main.resolve("schedstat")).split(" ")[0]);
        }
    }

    /** What is reachable: the histogram is taken after a full collection. The second one finds no rest of the start. */
    private static double liveBytes(long pid) throws IOException, InterruptedException {
        jcmd(pid, "GC.class_histogram");
        Matcher total = HISTOGRAM_TOTAL.matcher(jcmd(pid, "GC.class_histogram"));
        if (!total.find()) {
            throw new IllegalStateException("The histogram has no total");
        }
        return Double.parseDouble(total.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IllegalStateException("jcmd " + command + " says:\n" + output);
        }
        return output;
    }

    private static void print(String what, Area area, ToDoubleFunction<Life> figure) {
        List<Life> without = first(area);
        area.lives().forEach((contestant, some) -> {
            if (some != without) {
                row(what + ", " + contestant, without, some, figure);
            }
        });
    }

    private static void row(String what, List<Life> without, List<Life> with, ToDoubleFunction<Life> figure) {
        double[] before = sorted(without.stream().mapToDouble(figure).toArray());
        double[] after = sorted(with.stream().mapToDouble(figure).toArray());
        double[] differences = new double[with.size()];
        for (int i = 0; i < differences.length; i++) {
            differences[i] = figure.applyAsDouble(with.get(i)) - figure.applyAsDouble(without.get(i));
        }
        sorted(differences);
        double from = quantile(before, 0.5);
        double to = quantile(after, 0.5);
        System.out.printf(
                "| %s | %.1f | %.1f | %+.1f (%+.1f %%) | %+.1f, %+.1f to %+.1f |%n",
                what,
                from,
                to,
                to - from,
                100 * (to - from) / from,
                quantile(differences, 0.5),
                quantile(differences, 0.25),
                quantile(differences, 0.75));
    }

    private static double[] sorted(double[] figures) {
        Arrays.sort(figures);
        return figures;
    }

    private static double quantile(double[] sorted, double quantile) {
        double at = quantile * (sorted.length - 1);
        int below = (int) at;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (at - below) * (above - sorted[below]);
    }
}
