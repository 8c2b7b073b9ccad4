package dev.leakproof.benchmarks;

import java.util.Arrays;

/** The middle of what was measured, and the quartiles around it. */
record Spread(double median, double low, double high) {

    static Spread of(double... measured) {
        double[] sorted = measured.clone();
        Arrays.sort(sorted);
        return new Spread(at(sorted, .5), at(sorted, .25), at(sorted, .75));
    }

    private static double at(double[] sorted, double part) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = part * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
