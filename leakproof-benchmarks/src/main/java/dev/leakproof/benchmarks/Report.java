package dev.leakproof.benchmarks;

/** Writes the tables and plots of docs/performance.md. */
final class Report {

    private Report() {}

    public static void main(String[] args) throws Exception {
        Results.read().forEach(System.out::println);
    }
}
