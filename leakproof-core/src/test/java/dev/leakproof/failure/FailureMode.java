package dev.leakproof.failure;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A section of the page on failure modes. The lines that a user is told to expect there are the very ones that a test
 * looks for, so neither can change without the other.
 *
 * @param title its heading
 * @param lines what is to be seen, where {@code …} stands for anything within a line
 * @param shownBy the tests, each as {@code Class#method}
 */
public record FailureMode(String title, List<String> lines, List<String> shownBy) {

    private static final Path PAGE = Path.of("..", "docs", "failure-modes.md");
    private static final String HEADING = "### ";
    private static final Pattern TEST = Pattern.compile("`(\\w+#\\w+)`");

    /** Returns the section with that heading, which must be there. */
    public static FailureMode of(String title) {
        return all().stream()
                .filter(mode -> mode.title.equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No section '" + title + "' in " + PAGE));
    }

    /** Asserts that each of the lines is there, or the begin of one, in their order. */
    public void assertSeenIn(String output) {
        assertThat(lines).as("lines of '%s'", title).isNotEmpty();
        assertThat(output)
                .containsPattern(lines.stream().map(FailureMode::pattern).collect(joining("(?s:.*)")));
    }

    private static String pattern(String line) {
        return Arrays.stream(line.split("…", -1)).map(Pattern::quote).collect(joining("[^\\n]*"));
    }

    /** Returns all sections, in their order. */
    static List<FailureMode> all() {
        List<FailureMode> all = new ArrayList<>();
        boolean quoted = false;
        for (String line : page()) {
            FailureMode last = all.isEmpty() ? null : all.get(all.size() - 1);
            if (line.startsWith(HEADING)) {
                all.add(new FailureMode(line.substring(HEADING.length()), new ArrayList<>(), new ArrayList<>()));
            } else if (line.startsWith("```")) {
                quoted = !quoted;
            } else if (last != null && quoted) {
                last.lines.add(line);
            } else if (last != null) {
                TEST.matcher(line).results().forEach(match -> last.shownBy.add(match.group(1)));
            }
        }
        return all;
    }

    private static List<String> page() {
        try {
            return Files.readAllLines(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
