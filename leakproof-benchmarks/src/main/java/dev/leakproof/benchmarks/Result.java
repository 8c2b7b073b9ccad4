package dev.leakproof.benchmarks;

/**
 * What one contestant of a contest came to, over all rounds.
 *
 * @param area which table it belongs to, such as {@code fork}
 * @param row which row of it, such as {@code 1,000 forks}
 * @param contestant who
 * @param unit of the next three, such as {@code ns}
 * @param median of all rounds
 * @param low the first quartile
 * @param high the third quartile
 * @param ratio the median of the ratios to the limit, each taken in one round; NaN where there is no limit
 * @param ratioLow the first quartile of those
 * @param ratioHigh the third quartile of those
 * @param rounds how many
 * @param size of the work, for growth; 0 if it does not matter
 * @param jdk the version that it ran on, such as {@code 25.0.3}
 */
public record Result(
        String area,
        String row,
        String contestant,
        String unit,
        double median,
        double low,
        double high,
        double ratio,
        double ratioLow,
        double ratioHigh,
        int rounds,
        long size,
        String jdk) {}
