package dev.leakproof.spring.context;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which of several names somebody meant. */
final class Similar {

    private Similar() {}

    /** Returns the name from which {@code written} differs least, if that is not by more than a third of it. */
    static Optional<String> closest(String written, Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(name -> distance(plain(written), plain(name))))
                .filter(name ->
                        3 * distance(plain(written), plain(name)) <= plain(name).length());
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** The fewest characters to insert, remove or replace, after Levenshtein. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
