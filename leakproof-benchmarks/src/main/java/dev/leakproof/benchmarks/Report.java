package dev.leakproof.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the results into a page: between {@code <!-- results: AREA -->} and {@code <!-- end of results -->} a table and a
 * plot of that area, and for the area {@code machine} what it all ran on. An area without results is left as it is. All
 * else on the page is written by hand.
 *
 * <p>Arguments: the page, and the directory of the plots beside it.
 */
final class Report {

    private static final Pattern PART = Pattern.compile(
            "(?<begin><!-- results: (?<area>[a-z0-9-]+) -->\n)(?<body>.*?)(?<end><!-- end of results -->)",
            Pattern.DOTALL);

    private Report() {}

    public static void main(String[] args) throws IOException {
        Path page = Path.of(args[0]);
        Path plots = page.resolveSibling(args[1]);
        Map<String, List<Result>> areas = new LinkedHashMap<>();
        Results.read()
                .forEach(result -> areas.computeIfAbsent(result.area(), area -> new ArrayList<>())
                        .add(result));
        Matcher part = PART.matcher(Files.readString(page));
        StringBuilder written = new StringBuilder();
        while (part.find()) {
            String area = part.group("area");
            List<Result> results = areas.remove(area);
            String body = area.equals("machine")
                    ? Machine.describe()
                    : results == null ? part.group("body") : body(area, results, plots);
            part.appendReplacement(written, Matcher.quoteReplacement(part.group("begin") + body + part.group("end")));
        }
        part.appendTail(written);
        Files.writeString(page, written);
        System.out.println("Written: " + page.toAbsolutePath().normalize());
        areas.keySet().forEach(area -> System.out.println("The page has no place for the results of: " + area));
    }

    private static String body(String area, List<Result> results, Path plots) throws IOException {
        Map<String, List<Result>> byJdk = new TreeMap<>();
        results.forEach(result ->
                byJdk.computeIfAbsent(result.jdk(), jdk -> new ArrayList<>()).add(result));
        StringBuilder body = new StringBuilder();
        byJdk.forEach((jdk, some) -> {
            body.append("JDK ")
                    .append(jdk)
                    .append(":\n\n")
                    .append(Table.of(some))
                    .append('\n');
        });
        List<Result> newest = new ArrayList<>(byJdk.values()).get(byJdk.size() - 1);
        if (newest.stream().anyMatch(result -> !Double.isNaN(result.ratio()))) {
            Files.createDirectories(plots);
            Files.writeString(plots.resolve(area + ".svg"), Plot.of(newest));
            body.append("![")
                    .append(area)
                    .append("](")
                    .append(plots.getFileName())
                    .append('/')
                    .append(area)
                    .append(".svg)\n");
        }
        return body.toString();
    }
}
