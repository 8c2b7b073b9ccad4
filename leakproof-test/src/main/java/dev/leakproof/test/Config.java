package dev.leakproof.test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is set for a whole run, by system properties or JUnit's configuration parameters.
 *
 * @param enabled whether anything is checked at all
 * @param grace how long threads get to end by themselves
 * @param creators whether to record who starts threads
 * @param known the file of leaks that are known, or null
 * @param update whether leaks are written to that file rather than failing
 */
record Config(
        boolean enabled,
        Duration grace,
        boolean creators,
        @Nullable Path known,
        boolean update) {

    static final String PREFIX = "leakproof.leakcheck.";

    private static final Pattern SIMPLE = Pattern.compile("(\\d+)\\s*(ms|s|m)");

    static Config read(Function<String, Optional<String>> lookup) {
        Config config = new Config(
                flag(lookup, "enabled", true),
                lookup.apply(PREFIX + "grace")
                        .map(text -> duration(PREFIX + "grace", text))
                        .orElse(Settings.DEFAULT_GRACE),
                flag(lookup, "creators", false),
                lookup.apply(PREFIX + "baseline").map(Path::of).orElse(null),
                flag(lookup, "baseline.update", false));
        if (config.update && config.known == null) {
            throw new IllegalArgumentException(
                    "'" + PREFIX + "baseline.update' is set, but no file to update: set '" + PREFIX + "baseline' too");
        }
        return config;
    }

    private static boolean flag(Function<String, Optional<String>> lookup, String name, boolean byDefault) {
        String text =
                lookup.apply(PREFIX + name).orElse(String.valueOf(byDefault)).trim();
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException(
                    "Expected '" + PREFIX + name + "' to be true or false, but was '" + text + "'");
        }
        return Boolean.parseBoolean(text);
    }

    /** @throws IllegalArgumentException if it is none, or not a possible grace */
    static Duration duration(String what, String text) {
        try {
            Matcher simple = SIMPLE.matcher(text.trim());
            Duration duration = !simple.matches()
                    ? Duration.parse(text.trim())
                    : switch (simple.group(2)) {
                        case "ms" -> Duration.ofMillis(Long.parseLong(simple.group(1)));
                        case "s" -> Duration.ofSeconds(Long.parseLong(simple.group(1)));
                        default -> Duration.ofMinutes(Long.parseLong(simple.group(1)));
                    };
            Settings.check(duration);
            return duration;
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Expected '" + what + "' to be a duration such as 500ms or 5s, but was '" + text + "'", e);
        }
    }
}
