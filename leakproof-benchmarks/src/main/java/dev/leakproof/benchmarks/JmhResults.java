package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads what JMH has written. The class of a benchmark is {@code <Area>Jmh}, a method is a contestant, and one whose name
 * ends in {@code Limit} is the limit. The parameters make the row.
 */
final class JmhResults {

    private JmhResults() {}

    static List<Result> read(JsonNode all) {
        Map<String, JsonNode> limits = new LinkedHashMap<>();
        for (JsonNode one : all) {
            if (method(one).endsWith("Limit")) {
                limits.put(group(one), one);
            }
        }
        List<Result> results = new ArrayList<>();
        for (JsonNode one : all) {
            results.add(result(one, limits.get(group(one))));
        }
        return results;
    }

    private static Result result(JsonNode one, JsonNode limit) {
        JsonNode metric = one.get("primaryMetric");
        Spread spread = Spread.of(samples(metric));
        Spread base = limit == null ? Spread.of() : Spread.of(samples(limit.get("primaryMetric")));
        String[] name = one.get("benchmark").asString().split("\\.");
        String method = name[name.length - 1];
        return new Result(
                name[name.length - 2].replace("Jmh", "").toLowerCase(java.util.Locale.ROOT),
                row(one),
                method.endsWith("Limit") ? method.substring(0, method.length() - "Limit".length()) : method,
                metric.get("scoreUnit").asString(),
                spread.median(),
                spread.low(),
                spread.high(),
                spread.median() / base.median(),
                spread.low() / base.median(),
                spread.high() / base.median(),
                samples(metric).length,
                0,
                one.get("jdkVersion").asString());
    }

    private static String group(JsonNode one) {
        String benchmark = one.get("benchmark").asString();
        return benchmark.substring(0, benchmark.lastIndexOf('.')) + row(one);
    }

    private static String method(JsonNode one) {
        String benchmark = one.get("benchmark").asString();
        return benchmark.substring(benchmark.lastIndexOf('.') + 1);
    }

    private static String row(JsonNode one) {
        List<String> values = new ArrayList<>();
        JsonNode params = one.get("params");
        if (params != null) {
            params.forEach(value -> values.add(value.asString()));
        }
        return String.join(", ", values);
    }

    private static double[] samples(JsonNode metric) {
        List<Double> samples = new ArrayList<>();
        metric.get("rawData").forEach(fork -> fork.forEach(sample -> samples.add(sample.asDouble())));
        return samples.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
