package dev.leakproof.failure;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the page on failure modes against the tests of all modules, by their sources. */
class FailureModesDocsTest {

    private static final Pattern LOOKED_FOR = Pattern.compile("FailureMode\\.of\\(\\s*\"([^\"]+)\"");
    private static final Pattern IS_TEST = Pattern.compile("@(Test|ParameterizedTest|EachThreadKind)\\b");

    /** The sources of the test classes by their simple names, which are unique among those that are named. */
    private static Map<String, List<String>> sources;

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            sources = modules.map(module -> module.resolve(Path.of("src", "test", "java")))
                    .filter(Files::isDirectory)
                    .flatMap(FailureModesDocsTest::filesBelow)
                    .filter(file -> file.toString().endsWith(".java"))
                    .collect(toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            file -> List.of(read(file)),
                            (one, other) ->
                                    Stream.of(one, other).flatMap(List::stream).toList()));
        }
    }

    @Test
    void eachSectionIsShownByTestsThatExist() {
        assertThat(FailureMode.all()).isNotEmpty().allSatisfy(mode -> {
            assertThat(mode.shownBy()).as(mode.title()).isNotEmpty();
            assertThat(mode.shownBy()).allSatisfy(test -> {
                String[] parts = test.split("#");
                assertThat(sources.get(parts[0])).as("classes of %s", test).hasSize(1);
                assertThat(declarationOf(parts[1], sources.get(parts[0]).get(0)))
                        .as(test)
                        .containsPattern(IS_TEST);
            });
        });
    }

    @Test
    void noTwoSectionsHaveOneHeading() {
        assertThat(FailureMode.all()).extracting(FailureMode::title).doesNotHaveDuplicates();
    }

    @Test
    void whatIsToBeSeenIsLookedForByATestThatIsNamed() {
        assertThat(FailureMode.all())
                .filteredOn(mode -> !mode.lines().isEmpty())
                .isNotEmpty()
                .allSatisfy(mode -> assertThat(mode.shownBy().stream()
                                .map(test -> test.substring(0, test.indexOf('#')))
                                .flatMap(name -> sources.get(name).stream())
                                .flatMap(source -> LOOKED_FOR.matcher(source).results())
                                .map(found -> found.group(1)))
                        .contains(mode.title()));
    }

    /** Members are separated by empty lines: returns what is between that and the name, annotations among it. */
    private static String declarationOf(String method, String source) {
        int name = source.indexOf(" void " + method + "(");
        return name < 0 ? "no such method" : source.substring(source.lastIndexOf("\n\n", name), name);
    }

    private static Stream<Path> filesBelow(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
